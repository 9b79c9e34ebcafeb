import { Float, floatText } from './float.js';
import { TemplateError, UndefinedVariableError } from '../template-error.js';

export type Mapping = Record<string, unknown>;

/** A missing value: using it is an error, unless it is `lenient`, from an `if` without `else`. */
export class Undefined {
  readonly what: string;
  readonly lenient: boolean;
  readonly #hint: () => string | undefined;
  /** `hint` is called when the value is used. */
  constructor(what: string, lenient = false, hint: () => string | undefined = () => undefined) {
    this.what = what;
    this.lenient = lenient;
    this.#hint = hint;
  }
  fail(): never {
    throw new UndefinedVariableError(this.what, this.#hint());
  }
}

/** A Python sequence other than a list: it prints differently and equals no list. */
export class Sequence extends Array<unknown> {
  kind: 'tuple' | 'range' | 'dict_keys' | 'dict_values' | 'dict_items' = 'tuple';
  static override get [Symbol.species](): ArrayConstructor {
    return Array;
  }
}

export function sequence(items: readonly unknown[], kind: Sequence['kind'] = 'tuple'): Sequence {
  const made = new Sequence();
  for (const item of items) made.push(item);
  made.kind = kind;
  return made;
}

export const tuple = (...items: unknown[]): Sequence => sequence(items);

/** A function that templates may call: a method, a global function, a macro. */
export type Callable = (args: unknown[], named: Mapping) => unknown;

/** A Python class, from `x.__class__`. */
export class PythonClass {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The result of `namespace()`: inner scopes may set its attributes. */
export class Namespace {
  readonly values = new Map<string, unknown>();
}

export type Dict = Mapping | Map<unknown, unknown>;

export function isMapping(value: unknown): value is Mapping {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const prototype = Object.getPrototypeOf(value) as unknown;
  return prototype === Object.prototype || prototype === null;
}

/** Mappings are plain objects; Maps, if an object would reorder their keys or turn them into text. */
export function isDict(value: unknown): value is Dict {
  return value instanceof Map || isMapping(value);
}

const orderly = (key: unknown): boolean => typeof key === 'string' && !/^(?:0|[1-9]\d*)$/.test(key);

export function dictOf(entries: readonly (readonly [unknown, unknown])[]): Dict {
  if (entries.every(([key]) => orderly(key))) return Object.fromEntries(entries) as Mapping;
  const dict = new Map<unknown, unknown>();
  for (const [key, value] of entries) dict.set(hashable(key), value);
  return dict;
}

function hashable(key: unknown): unknown {
  if (key instanceof Undefined) return key.fail();
  if (isDict(key) || (Array.isArray(key) && !(key instanceof Sequence)))
    throw new TemplateError(`unhashable type: '${typeName(key)}'`, 'Keys must be strings or numbers.');
  return key instanceof Float ? key.value : key;
}

export function entriesOf(dict: Dict): [unknown, unknown][] {
  return dict instanceof Map ? [...dict] : Object.entries(dict);
}

export function keysOf(dict: Dict): unknown[] {
  return dict instanceof Map ? [...dict.keys()] : Object.keys(dict);
}

export function hasKey(dict: Dict, key: unknown): boolean {
  if (dict instanceof Map) return dict.has(hashable(key));
  hashable(key);
  return (typeof key === 'string' || typeof key === 'number') && Object.hasOwn(dict, key);
}

export function valueAt(dict: Dict, key: unknown): unknown {
  if (dict instanceof Map) return dict.get(hashable(key));
  return hasKey(dict, key) ? dict[key as string] : undefined;
}

export const isNumber = (value: unknown): value is number | bigint | Float =>
  typeof value === 'number' || typeof value === 'bigint' || value instanceof Float;

/** Python's ints, including booleans. */
export const isInteger = (value: unknown): value is number | bigint | boolean =>
  typeof value === 'boolean' || typeof value === 'bigint' || Number.isInteger(value);

export const isFloat = (value: unknown): boolean =>
  value instanceof Float || (typeof value === 'number' && !Number.isInteger(value));

/** Python's name of the value's type. */
export function typeName(value: unknown): string {
  if (value === null || value === undefined) return 'NoneType';
  if (typeof value === 'boolean') return 'bool';
  if (typeof value === 'string') return 'str';
  if (isInteger(value)) return 'int';
  if (isFloat(value)) return 'float';
  if (value instanceof Sequence) return value.kind;
  if (Array.isArray(value)) return 'list';
  if (isDict(value)) return 'dict';
  if (value instanceof Undefined) return value.lenient ? 'Undefined' : 'AnsibleUndefined';
  if (value instanceof Namespace) return 'Namespace';
  if (value instanceof PythonClass) return 'type';
  return typeof value === 'function' ? 'function' : ((value as object).constructor?.name ?? 'object');
}

/** Python's truth. @throws UndefinedVariableError for a missing value */
export function isTrue(value: unknown): boolean {
  if (value === null || value === undefined) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Undefined) return value.lenient ? false : value.fail();
  if (value instanceof Float) return value.value !== 0;
  if (typeof value === 'number') return value !== 0;
  if (value instanceof Map) return value.size > 0;
  return isMapping(value) ? Object.keys(value).length > 0 : Boolean(value);
}

/** Python's `str()`. */
export function str(value: unknown): string {
  if (typeof value === 'string') return value;
  if (value instanceof Undefined) return value.lenient ? '' : value.fail();
  return repr(value);
}

const MAX_DEPTH = 200;

/** Python's `repr()`. */
export function repr(value: unknown, depth = 0): string {
  if (value === null || value === undefined) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'string') return reprText(value);
  if (typeof value === 'bigint') return String(value);
  if (typeof value === 'number') return Number.isInteger(value) ? String(value + 0) : floatText(value);
  if (value instanceof Undefined) return value.lenient ? 'Undefined' : value.fail();
  if (depth > MAX_DEPTH) throw new TemplateError('This value is nested too deeply, or contains itself');
  if (Array.isArray(value)) return reprItems(value, depth);
  if (isDict(value))
    return `{${entriesOf(value)
      .map(([key, item]) => `${repr(key, depth + 1)}: ${repr(item, depth + 1)}`)
      .join(', ')}}`;
  if (value instanceof PythonClass) return `<class '${value.name}'>`;
  if (value instanceof Namespace)
    return `<Namespace {${[...value.values].map(([key, item]) => `${repr(key)}: ${repr(item, depth + 1)}`).join(', ')}}>`;
  if (typeof value === 'function')
    throw new TemplateError('A function can not be printed', 'Call it: write "()" after its name.');
  return String(value);
}

function reprItems(items: readonly unknown[], depth: number): string {
  const kind = items instanceof Sequence ? items.kind : 'list';
  if (kind === 'range') return reprRange(items as readonly number[]);
  const inner = items.map((item) => repr(item, depth + 1)).join(', ');
  if (kind === 'list') return `[${inner}]`;
  return kind === 'tuple' ? `(${inner}${items.length === 1 ? ',' : ''})` : `${kind}([${inner}])`;
}

function reprRange(items: readonly number[]): string {
  const [first = 0, second = first + 1] = items;
  const step = second - first;
  const end = items.length === 0 ? 0 : first + step * items.length;
  return step === 1 ? `range(${first}, ${end})` : `range(${first}, ${end}, ${step})`;
}

const ESCAPED: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\t': '\\t', '\r': '\\r' };

function reprText(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  // Python escapes unprintable characters: controls, separators except the space, unassigned and private ones.
  const body = text.replace(
    /[\\\p{C}\p{Zl}\p{Zp}]|(?! )\p{Zs}/gu,
    (c) => ESCAPED[c] ?? escapeCode(c.codePointAt(0) ?? 0),
  );
  return quote + (quote === "'" ? body.replaceAll("'", "\\'") : body) + quote;
}

function escapeCode(code: number): string {
  const hex = code.toString(16);
  if (code < 0x100) return `\\x${hex.padStart(2, '0')}`;
  return code < 0x10000 ? `\\u${hex.padStart(4, '0')}` : `\\U${hex.padStart(8, '0')}`;
}

/** A number for JavaScript's arithmetic. @throws TemplateError if it is none */
export function number(value: unknown): number {
  if (typeof value === 'boolean') return value ? 1 : 0;
  if (isNumber(value)) return Number(value);
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(`This is not a number: ${shown(value)}`, 'Use "| int" or "| float" before.');
}

/** An integer, such as a width or an index. */
export function integer(value: unknown): number {
  if (value instanceof Undefined) return value.fail();
  if (!isInteger(value))
    throw new TemplateError(`This is not a whole number: ${shown(value)}`, 'Use "| int" before.');
  return Number(value);
}

/** A string; anything else is refused. */
export function text(value: unknown): string {
  if (value instanceof Undefined) return value.fail();
  if (typeof value !== 'string')
    throw new TemplateError(
      `A string is needed here, but this is of type ${typeName(value)}: ${shown(value)}`,
    );
  return value;
}

/** A value for messages. */
export function shown(value: unknown): string {
  const full = typeof value === 'function' ? 'a function' : repr(value);
  return full.length > 80 ? `${full.slice(0, 77)}...` : full;
}

/** The items of a Python loop over the value. */
export function list(value: unknown): unknown[] {
  if (Array.isArray(value)) return value;
  if (typeof value === 'string') return [...value];
  if (isDict(value)) return keysOf(value);
  if (value instanceof Undefined) return value.lenient ? [] : value.fail();
  throw new TemplateError(`This is not a list, its type is ${typeName(value)}: ${shown(value)}`);
}
