import { TemplateObject } from './jinja-environment.js';
import { dictMethods, listMethods, tupleMethods } from './methods-of-collections.js';
import { type MethodTable, textMethods } from './methods-of-text.js';
import { braceFormat } from './python-format.js';
import {
  type Mapping,
  Namespace,
  PythonClass,
  Sequence,
  Undefined,
  hasKey,
  integer,
  isDict,
  isFloat,
  isInteger,
  number,
  repr,
  sequence,
  shown,
  typeName,
  valueAt,
} from './python-value.js';
import { callable } from './signature.js';
import { TemplateError } from '../template-error.js';

/** A group of `groupby`: a pair with named parts. */
export class Group extends Sequence {}

/** `of.name`: looks for an attribute or method, then for an item. A missing one is Undefined. */
export function attribute(of: unknown, name: string): unknown {
  if (of instanceof Undefined) return of.lenient ? of.fail() : of;
  const own = ownAttribute(of, name);
  if (own !== undefined) return own;
  if (isDict(of) && hasKey(of, name)) return valueAt(of, name);
  return missing(of, name);
}

/** `of[key]`: looks for an item, then for an attribute. A missing one is Undefined. */
export function item(of: unknown, key: unknown): unknown {
  if (of instanceof Undefined) return of.lenient ? of.fail() : of;
  if (key instanceof Undefined) return key.fail();
  if (isDict(of)) {
    if (!isDict(key) && (!Array.isArray(key) || key instanceof Sequence) && hasKey(of, key))
      return valueAt(of, key);
  } else if ((typeof of === 'string' || Array.isArray(of)) && isInteger(key)) {
    const items = typeof of === 'string' ? codePoints(of) : of;
    const index = Number(key);
    if (index < items.length && index >= -items.length) return items.at(index);
  }
  return (typeof key === 'string' ? ownAttribute(of, key) : undefined) ?? missing(of, key);
}

/** A string's code points; JavaScript counts some characters as two. */
function codePoints(value: string): string | string[] {
  return /[\ud800-\udbff]/.test(value) ? [...value] : value;
}

function missing(of: unknown, key: unknown): Undefined {
  const kind = isDict(of) ? 'dict object' : `${typeName(of)} object`;
  return new Undefined(
    typeof key === 'string'
      ? `'${kind}' has no attribute ${repr(key)}`
      : `${kind} has no element ${shown(key)}`,
  );
}

const allTextMethods: MethodTable<string> = {
  ...textMethods,
  format: [
    '*args **named',
    (value, [args, named]) =>
      braceFormat(
        value,
        (name) => pick(name, args as unknown[], named as Mapping),
        (of, key, dotted) => (dotted ? attribute(of, String(key)) : item(of, key)),
      ),
  ],
  format_map: [
    'mapping',
    (value, [mapping]) =>
      braceFormat(
        value,
        (name) => item(mapping, name),
        (of, key, dotted) => (dotted ? attribute(of, String(key)) : item(of, key)),
      ),
  ],
};

function pick(name: string | number, args: unknown[], named: Mapping): unknown {
  if (typeof name === 'number' && name < args.length) return args[name];
  if (typeof name === 'string' && Object.hasOwn(named, name)) return named[name];
  throw new TemplateError(`The format string uses "${name}", which is not given`);
}

function methodsOf(of: unknown): MethodTable<never> | undefined {
  if (typeof of === 'string') return allTextMethods;
  if (of instanceof Sequence) return tupleMethods;
  if (Array.isArray(of)) return listMethods;
  return isDict(of) ? dictMethods : undefined;
}

function ownAttribute(of: unknown, name: string): unknown {
  if (of instanceof TemplateObject) return of.attribute(name);
  if (of instanceof Namespace) return of.values.get(name);
  if (of instanceof PythonClass && name === '__name__') return of.name;
  if (name === '__class__') return new PythonClass(typeName(of));
  if (of instanceof Group && name === 'grouper') return of[0];
  if (of instanceof Group && name === 'list') return of[1];
  const table = methodsOf(of);
  if (table !== undefined && Object.hasOwn(table, name)) {
    const [signature, run] = table[name] as MethodTable<unknown>[string];
    return callable(name, signature, (bound) => run(of, bound));
  }
  return typeof of === 'function' || table !== undefined ? undefined : numberAttribute(of, name);
}

function numberAttribute(of: unknown, name: string): unknown {
  if (name === 'is_integer' && isFloat(of)) return callable(name, '', () => Number.isInteger(number(of)));
  if (name === 'bit_length' && isInteger(of))
    return callable(name, '', () => (Number(of) === 0 ? 0 : BigInt(of).toString(2).replace('-', '').length));
  if (name === 'real' && (isFloat(of) || isInteger(of))) return of;
  return undefined;
}

/** `of[from:to:step]`. */
export function slice(of: unknown, parts: readonly unknown[]): unknown {
  if (of instanceof Undefined) return of.lenient ? of.fail() : of;
  if (typeof of !== 'string' && !Array.isArray(of)) return missing(of, 'slice');
  const [from, to, by] = parts.map((part) =>
    part === undefined || part === null ? undefined : integer(part),
  );
  const items: readonly unknown[] = typeof of === 'string' ? [...of] : of;
  const step = by ?? 1;
  if (step === 0) throw new TemplateError('The step of a slice can not be zero');
  const taken: unknown[] = [];
  const { start, end } = bounds(items.length, from, to, step);
  for (let index = start; step > 0 ? index < end : index > end; index += step) taken.push(items[index]);
  if (typeof of === 'string') return taken.join('');
  return of instanceof Sequence ? sequence(taken, of.kind) : taken;
}

/** Like Python's `slice.indices`. */
function bounds(
  length: number,
  from: number | undefined,
  to: number | undefined,
  step: number,
): { start: number; end: number } {
  const low = step > 0 ? 0 : -1;
  const high = step > 0 ? length : length - 1;
  const place = (index: number | undefined, otherwise: number): number =>
    index === undefined ? otherwise : Math.min(high, Math.max(low, index < 0 ? index + length : index));
  return { start: place(from, step > 0 ? low : high), end: place(to, step > 0 ? high : low) };
}

/** `of(…)`. */
export function callValue(of: unknown, args: unknown[], named: Record<string, unknown>): unknown {
  if (of instanceof Undefined) return of.fail();
  if (typeof of === 'function') return (of as (args: unknown[], named: object) => unknown)(args, named);
  if (of instanceof TemplateObject && of.call) return of.call(args, named);
  throw new TemplateError(`A value of type ${typeName(of)} can not be called: ${shown(of)}`);
}

/** Makes a getter for a path such as "a.b.0", or an index, as in `map(attribute=…)`. */
export function fieldGetter(path: unknown): (of: unknown) => unknown {
  const keys =
    typeof path === 'string'
      ? path.split('.').map((part) => (/^\d+$/.test(part) ? Number(part) : part))
      : [path];
  return (of) => keys.reduce(item, of);
}
