import { BuilderError, type Origin, SpecError, StepError } from '../../errors.js';
import { excerpt } from '../../yaml/yaml.js';
import { oneLine } from './format.js';
import { type Palette } from './palette.js';
import { unexpectedError } from '../unexpected-error.js';

/** What printing an error needs: colours and source files. */
export interface ErrorContext {
  readonly paint: Palette;
  /** The text of a file that an origin names; undefined where it can't be read. */
  readText(file: string): string | undefined;
}

const OUTPUT_LINES = 20;

/** Formats an error for users: what is wrong, where (with the source line), what to do. Never a stack trace. */
export function formatError(error: unknown, context: ErrorContext): string {
  const known = error instanceof BuilderError ? error : unexpectedError(error);
  if (known instanceof SpecError) return formatProblems(known.problems, context);
  const parts = [headline(known, context), ...place(known.origin, context)];
  if (known instanceof StepError) parts.push(...outputOf(known, context));
  return finish([...parts, ...hintOf(known, context)]);
}

function formatProblems(problems: readonly BuilderError[], context: ErrorContext): string {
  const blocks = problems.map((problem) =>
    finish([headline(problem, context), ...place(problem.origin, context), ...hintOf(problem, context)]),
  );
  return blocks.join('\n') + (problems.length > 1 ? `\n${problems.length} problems\n` : '');
}

function headline({ message }: BuilderError, { paint }: ErrorContext): string {
  return `${paint('red', 'platen:')} ${message.split('\n').map(oneLine).join('\n  ')}`;
}

function place(origin: Origin | undefined, { paint, readText }: ErrorContext): string[] {
  if (!origin) return [];
  const text = readText(origin.file);
  const lines = text === undefined ? '' : excerpt(text, origin).split('\n').map(oneLine).join('\n');
  return [paint('dim', `  at ${origin.file}:${origin.line}:${origin.column}`), lines];
}

function outputOf({ output }: StepError, { paint }: ErrorContext): string[] {
  if (output === undefined) return [];
  const lines = output
    .split('\n')
    .map(oneLine)
    .map((line) => line.trimEnd());
  while (lines.at(-1) === '') lines.pop();
  const shown = lines.slice(-OUTPUT_LINES).map((line) => `    ${line}`);
  const title = lines.length > shown.length ? '  The end of its output:' : '  Its output:';
  const shell = '  To get a shell in the container of the failed step, add --on-error shell';
  return [...(shown.length > 0 ? [paint('dim', title), ...shown] : []), shell];
}

function hintOf({ hint }: BuilderError, { paint }: ErrorContext): string[] {
  if (hint === undefined) return [];
  return [`  ${paint('cyan', asSentence(hint).split('\n').map(oneLine).join('\n  '))}`];
}

/** Capitalises a hint that begins with a word; a program's name, such as apt-get, stays as it is. */
function asSentence(text: string): string {
  return /^(?!platen )[a-z]+[ ,]/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
}

function finish(lines: readonly string[]): string {
  return `${lines.filter((line) => line !== '').join('\n')}\n`;
}
