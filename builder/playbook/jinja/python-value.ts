import { Float } from './float.js';
import { TemplateError, UndefinedVariableError } from './template-error.js';

export type Mapping = Record<string, unknown>;

/** A missing value; an error once it is used. */
export class Undefined {
  readonly what: string;
  constructor(what: string) {
    this.what = what;
  }
  fail(): never {
    throw new UndefinedVariableError(this.what);
  }
}

export function isMapping(value: unknown): value is Mapping {
  return (
    typeof value === 'object' &&
    value !== null &&
    !Array.isArray(value) &&
    [Object.prototype, null].includes(Object.getPrototypeOf(value) as null)
  );
}

export const isNumber = (value: unknown): value is number | Float =>
  typeof value === 'number' || value instanceof Float;

/** Python's truth. */
export function isTrue(value: unknown): boolean {
  if (value instanceof Undefined || value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Float) return value.value !== 0;
  return isMapping(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** Python's `str()`. */
export function str(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) return value.fail();
  return repr(value);
}

/** Python's `repr()`. */
export function repr(value: unknown): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return reprText(value);
  if (value instanceof Undefined) return value.fail();
  if (Array.isArray(value)) return `[${value.map(repr).join(', ')}]`;
  if (isMapping(value))
    return `{${Object.entries(value)
      .map(([key, item]) => `${reprText(key)}: ${repr(item)}`)
      .join(', ')}}`;
  if (value === Infinity || value === -Infinity) return value > 0 ? 'inf' : '-inf';
  return String(value);
}

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const body = text
    .replaceAll('\\', '\\\\')
    .replaceAll('\n', '\\n')
    .replaceAll('\t', '\\t')
    .replaceAll('\r', '\\r');
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

export function number(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumber(value)) return Number(value);
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`This is not a number: ${repr(value)}`);
}

export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (a instanceof Undefined) return a.fail();
  if (b instanceof Undefined) return b.fail();
  const numeric = (value: unknown): boolean => isNumber(value) || typeof value === 'boolean';
  if (numeric(a) && numeric(b)) return Number(a) === Number(b);
  if (Array.isArray(a) && Array.isArray(b))
    return a.length === b.length && a.every((item, index) => equal(item, b[index]));
  if (!isMapping(a) || !isMapping(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && equal(a[key], b[key]))
  );
}

export function compare(a: unknown, b: unknown): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  if (Array.isArray(a) && Array.isArray(b)) {
    for (let index = 0; index < Math.min(a.length, b.length); index++)
      if (!equal(a[index], b[index])) return compare(a[index], b[index]);
    return a.length - b.length;
  }
  if (typeof a === 'string' || typeof b === 'string')
    throw new TemplateError(
      `Can't compare ${repr(a)} with ${repr(b)}`,
      'Convert one of them with "| int" or "| string".',
    );
  return number(a) - number(b);
}

export function contains(container: unknown, item: unknown): boolean {
  if (typeof container === 'string') return container.includes(str(item));
  if (container instanceof Undefined) return container.fail();
  if (isMapping(container)) return Object.hasOwn(container, str(item));
  return list(container).some((one) => equal(one, item));
}

/** What a Python loop over the value sees. */
export function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (isMapping(value)) return Object.keys(value);
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`This is not a list: ${repr(value)}`);
}
