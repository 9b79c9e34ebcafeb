import { TemplateError } from '../template-error.js';

export interface WrapOptions {
  readonly width: number;
  readonly breakLongWords: boolean;
  readonly breakOnHyphens: boolean;
}

const WORD = '[\\p{L}\\p{N}_!"\'&.,?]';
const LETTER = '[^\\d\\P{L}]';
/** TextWrapper.wordsep_re of Python's textwrap. */
const CHUNKS = new RegExp(
  `([\\t\\n\\v\\f\\r ]+|(?<=${WORD})-{2,}(?=[\\p{L}\\p{N}_])|[^\\t\\n\\v\\f\\r ]+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-[\\p{L}\\p{N}_]-))(?=${LETTER}-?${LETTER})|(?=[\\t\\n\\v\\f\\r ]|$)|(?<=${WORD})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u',
);

/** Wraps a paragraph like Python's `textwrap.wrap`; keeps tabs and other whitespace. */
export function wrapText(text: string, options: WrapOptions): string[] {
  if (options.width <= 0) throw new TemplateError('The width of "wordwrap" must be greater than zero');
  const splitter = options.breakOnHyphens ? CHUNKS : /([\t\n\v\f\r ]+)/;
  const chunks = text
    .split(splitter)
    .filter((chunk) => chunk !== '' && chunk !== undefined)
    .reverse();
  const lines: string[] = [];
  while (chunks.length > 0) {
    if (lines.length > 0 && isBlank(chunks.at(-1))) chunks.pop();
    const line = takeLine(chunks, options);
    if (isBlank(line.at(-1))) line.pop();
    if (line.length > 0) lines.push(line.join(''));
  }
  return lines;
}

const isBlank = (chunk: string | undefined): boolean => chunk !== undefined && chunk.trim() === '';
const lengthOf = (chunk: string): number => [...chunk].length;

function takeLine(chunks: string[], { width, breakLongWords, breakOnHyphens }: WrapOptions): string[] {
  const line: string[] = [];
  let length = 0;
  for (
    let chunk = chunks.at(-1);
    chunk !== undefined && length + lengthOf(chunk) <= width;
    chunk = chunks.at(-1)
  ) {
    line.push(chunk);
    length += lengthOf(chunk);
    chunks.pop();
  }
  const long = chunks.at(-1);
  if (long === undefined || lengthOf(long) <= width) return line;
  if (breakLongWords) {
    const all = [...long];
    let end = width - length;
    const hyphen = all.slice(0, end).lastIndexOf('-');
    if (breakOnHyphens && all.length > end && hyphen > 0 && all.slice(0, hyphen).some((c) => c !== '-'))
      end = hyphen + 1;
    line.push(all.slice(0, end).join(''));
    chunks[chunks.length - 1] = all.slice(end).join('');
  } else if (line.length === 0) line.push(chunks.pop() ?? '');
  return line;
}
