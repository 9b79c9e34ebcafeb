import { pythonLiteral } from './python-literal.js';
import { Sequence, Undefined, isDict, entriesOf, str } from './python-value.js';

/** What `{{ }}` puts out: None as nothing, and what Python makes on the fly as a list. @throws for missing values */
export function printed(value: unknown): string {
  if (value === null || value === undefined) return '';
  return str(value instanceof Sequence && value.kind !== 'tuple' ? [...value] : value);
}

/** As ansible_eval_concat (template/native_helpers.py): what looks like a list, a mapping or a boolean becomes one. */
export function asData(text: string): unknown {
  const first = text[0];
  if (first !== '[' && first !== '{' && text !== 'True' && text !== 'False') return text;
  return pythonLiteral(text) ?? text;
}

/** As `asData(printed(value))`, without the way through text where that changes nothing. */
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

/** The value with plain objects and arrays for all mappings and lists, as other parts of the program know them. */
export function plainData(value: unknown): unknown {
  if (Array.isArray(value))
    return value instanceof Sequence || value.some(isOwnKind) ? Array.from(value, plainData) : value;
  if (value instanceof Map)
    return Object.fromEntries([...value].map(([key, item]) => [str(key), plainData(item)]));
  // No one else knows large integers; as text, no digit is lost.
  if (typeof value === 'bigint') return String(value);
  if (!isDict(value)) return value;
  const entries = entriesOf(value);
  return entries.some(([, item]) => isOwnKind(item))
    ? Object.fromEntries(entries.map(([key, item]) => [key, plainData(item)]))
    : value;
}

const isOwnKind = (value: unknown): boolean =>
  (typeof value === 'object' && value !== null) || typeof value === 'bigint';
