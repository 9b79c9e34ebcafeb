import type { z } from 'zod';
import type { YamlPath } from '../yaml/yaml.js';

type RawIssue = z.core.$ZodRawIssue;

const typeWords: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a mapping',
  record: 'a mapping',
};

const issueWords: Readonly<Record<string, (issue: never) => string>> = {
  invalid_type: ({ expected, input, inst }: RawIssue & { expected: string }) =>
    `must be ${isWhole(inst) ? 'a whole number' : (typeWords[expected] ?? expected)}, not ${describeValue(input)}${quoteHint(expected, input)}`,
  invalid_value: ({ values }: { values: readonly unknown[] }) =>
    `must be ${values.length === 1 ? '' : 'one of '}${values.map(String).join(', ')}`,
  invalid_key: ({ issues }: { issues: readonly { message: string }[] }) =>
    issues[0]?.message ?? 'is not allowed here',
  too_small: ({ origin, minimum }: { origin: string; minimum: number }) =>
    origin === 'number' || origin === 'int' ? `must be at least ${minimum}` : 'must not be empty',
  too_big: ({ maximum }: { maximum: number }) => `must be at most ${maximum}`,
};

/** An issue as the second half of a sentence after its place: "must be a list, not a text". */
export function describeIssue(issue: RawIssue): string {
  if (issue.input === undefined) return 'is missing';
  const words = issue.code === undefined ? undefined : issueWords[issue.code];
  return words ? words(issue as never) : 'is not allowed here';
}

/** A path for messages: `run.ports[0]`. */
export function describePath(path: YamlPath): string {
  const text = path.map((key) => (typeof key === 'number' ? `[${key}]` : `.${key}`)).join('');
  return text === '' ? 'The file' : text.replace(/^\./, '');
}

/** A value in a few words: short scalars unchanged, anything else by its type. */
export function describeValue(value: unknown): string {
  if (value === null || value === undefined) return 'empty';
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'object') return 'a mapping';
  const text = String(value);
  const short = text.length > 60 ? `${text.slice(0, 57)}…` : text;
  return typeof value === 'string' ? JSON.stringify(short) : short;
}

function quoteHint(expected: string, input: unknown): string {
  const scalar = typeof input === 'number' || typeof input === 'boolean';
  return expected === 'string' && scalar ? '; put it in quotes' : '';
}

function isWhole(schema: RawIssue['inst']): boolean {
  return (schema?._zod.def as { format?: string } | undefined)?.format === 'safeint';
}
