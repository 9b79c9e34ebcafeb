import { pythonLiteral } from './python-literal.js';
import { Sequence, Undefined, isDict, entriesOf, str } from './python-value.js';

/** The output of `{{ }}`: nothing for None, a list for Python's lazy sequences. @throws for missing values */
export function printed(value: unknown): string {
  if (value === null || value === undefined) return '';
  return str(value instanceof Sequence && value.kind !== 'tuple' ? [...value] : value);
}

/** Like ansible_eval_concat (template/native_helpers.py): text that looks like a list, a mapping or a boolean becomes one. */
export function asData(text: string): unknown {
  const first = text[0];
  if (first !== '[' && first !== '{' && text !== 'True' && text !== 'False') return text;
  return pythonLiteral(text) ?? text;
}

/** The same as `asData(printed(value))`, but faster: skips the conversion to text if it would change nothing. */
export function printedData(value: unknown): unknown {
  if (typeof value === 'boolean') return value;
  const items = value instanceof Sequence && value.kind !== 'tuple' ? [...value] : value;
  return (isDict(items) || (Array.isArray(items) && !(items instanceof Sequence))) && isLiteral(items, 0)
    ? items
    : asData(printed(value));
}

function isLiteral(value: unknown, depth: number): boolean {
  if (depth > 50) return false;
  if (value === null || typeof value === 'string' || typeof value === 'boolean' || typeof value === 'bigint')
    return true;
  if (typeof value === 'number') return Number.isFinite(value);
  if (value instanceof Undefined) return value.lenient ? false : value.fail();
  if (value instanceof Sequence)
    return value.kind === 'tuple' && value.every((item) => isLiteral(item, depth + 1));
  if (Array.isArray(value)) return value.every((item) => isLiteral(item, depth + 1));
  if (isDict(value)) return entriesOf(value).every(([, item]) => isLiteral(item, depth + 1));
  return typeof value === 'object' && Number.isFinite(Number(value));
}

/** Converts all mappings and lists to plain objects and arrays, for other parts of the program. */
export function plainData(value: unknown): unknown {
  if (Array.isArray(value))
    return value instanceof Sequence || value.some(isOwnKind) ? Array.from(value, plainData) : value;
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [str(key), plainData(item)]));
  // Other parts of the program don't handle bigint; text keeps every digit.
  if (typeof value === 'bigint') return String(value);
  if (!isDict(value)) return value;
  const entries = entriesOf(value);
  return entries.some(([, item]) => isOwnKind(item))
    ? Object.fromEntries(entries.map(([key, item]) => [key, plainData(item)]))
    : value;
}

const isOwnKind = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || typeof value === 'bigint';
