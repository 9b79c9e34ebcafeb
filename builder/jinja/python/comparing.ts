import { TemplateError } from '../template-error.js';
import {
  Sequence,
  Undefined,
  entriesOf,
  hasKey,
  isDict,
  isNumber,
  keysOf,
  list,
  number,
  text,
  typeName,
  valueAt,
} from './python-value.js';

const isNumeric = (value: unknown): boolean => isNumber(value) || typeof value === 'boolean';

/** Python's `==`. */
export function equal(a: unknown, b: unknown): boolean {
  if (a instanceof Undefined) return a.lenient ? b instanceof Undefined : a.fail();
  if (b instanceof Undefined) return b.lenient ? false : b.fail();
  if (a === b) return true;
  if (isNumeric(a) && isNumeric(b)) return sameNumber(a, b);
  if (Array.isArray(a) && Array.isArray(b))
    return (
      kindOf(a) === kindOf(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
    );
  if (!isDict(a) || !isDict(b)) return false;
  return (
    keysOf(a).length === keysOf(b).length &&
    entriesOf(a).every(([key, value]) => hasKey(b, key) && equal(value, valueAt(b, key)))
  );
}

function sameNumber(a: unknown, b: unknown): boolean {
  if (typeof a === 'bigint' || typeof b === 'bigint') return a == b; // oxlint-disable-line eqeqeq
  return Number(a) === Number(b);
}

const kindOf = (items: unknown[]): string => (items instanceof Sequence ? items.kind : 'list');

/** Negative, zero or positive, in Python's order. @throws TemplateError if Python has no order for them */
export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return compareText(a, b);
  if (Array.isArray(a) && Array.isArray(b) && kindOf(a) === kindOf(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++)
      if (!equal(a[index], b[index])) return compare(a[index], b[index]);
    return a.length - b.length;
  }
  if (typeof a === 'bigint' && typeof b === 'bigint') return a < b ? -1 : Number(a > b);
  if (isNumeric(a) && isNumeric(b)) return number(a) - number(b);
  if (a instanceof Undefined) return a.fail();
  if (b instanceof Undefined) return b.fail();
  throw new TemplateError(
    `Can't compare a value of type ${typeName(a)} with one of type ${typeName(b)}`,
    'Convert one of them with "| int" or "| string".',
  );
}

/** Compares code points; JavaScript would compare UTF-16 units. */
function compareText(a: string, b: string): number {
  if (a === b) return 0;
  const surrogates = /[\ud800-\udfff]/;
  if (!surrogates.test(a) || !surrogates.test(b)) return a < b ? -1 : 1;
  const left = [...a];
  const right = [...b];
  const at = left.findIndex((c, index) => c !== right[index]);
  return at < 0 ? -1 : (left[at]?.codePointAt(0) ?? 0) - (right[at]?.codePointAt(0) ?? -1);
}

/** Python's `item in container`. */
export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string') return container.includes(text(item));
  if (container instanceof Undefined) return container.lenient ? false : container.fail();
  if (isDict(container)) return hasKey(container, item);
  return list(container).some((one) => equal(one, item));
}

/** A stable sort by a key, like Python's `sorted`. */
export function sorted(
  items: readonly unknown[],
  key: (item: unknown) => unknown,
  reverse = false,
): unknown[] {
  const keyed = items.map((item) => ({ item, key: key(item) }));
  keyed.sort((a, b) => (reverse ? compare(b.key, a.key) : compare(a.key, b.key)));
  return keyed.map(({ item }) => item);
}
