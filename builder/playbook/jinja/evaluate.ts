import { Float, toFloat } from './float.js';
import { filterAliases, filters, tests } from './filters.js';
import type { Argument, Node } from './parser.js';
import {
  type Mapping,
  Undefined,
  compare,
  contains,
  equal,
  isMapping,
  isTrue,
  list,
  number,
  str,
} from './python-value.js';
import { TemplateError } from './template-error.js';

export interface Names {
  get(name: string): unknown;
}
type Method = (...args: unknown[]) => unknown;

export function evaluate(node: Node, names: Names): unknown {
  const run = (one: Node): unknown => evaluate(one, names);
  if (node.t === 'const') return node.value;
  if (node.t === 'text')
    return /[.e]/i.test(node.number) ? toFloat(Number(node.number)) : Number(node.number);
  if (node.t === 'name') return names.get(node.name);
  if (node.t === 'list') return node.items.map(run);
  if (node.t === 'dict')
    return Object.fromEntries(node.items.map(([key, value]) => [str(run(key)), run(value)]));
  if (node.t === 'if')
    return isTrue(run(node.when)) ? run(node.then) : node.otherwise ? run(node.otherwise) : '';
  if (node.t === 'get') return attribute(run(node.of), run(node.key));
  if (node.t === 'slice')
    return slice(
      run(node.of),
      node.parts.map((part) => (part ? number(run(part)) : undefined)),
    );
  if (node.t === 'unary')
    return node.op === 'not'
      ? !isTrue(run(node.of))
      : numeric((a) => (node.op === '-' ? -a : a), run(node.of));
  if (node.t === 'compare') return chain(run(node.first), node.rest, run);
  if (node.t === 'binary') return binary(node.op, run(node.a), () => run(node.b));
  const { args, named } = split(node.args, run);
  if (node.t === 'call') return call(run(node.of), args, named);
  if (node.t === 'test') return test(node.name, run(node.of), args);
  return filter(node.name, run(node.of), args, named);
}

function split(all: Argument[], run: (node: Node) => unknown): { args: unknown[]; named: Mapping } {
  return {
    args: all.filter((one) => one.name === undefined).map((one) => run(one.value)),
    named: Object.fromEntries(
      all.flatMap((one) => (one.name === undefined ? [] : [[one.name, run(one.value)]])),
    ),
  };
}
function call(of: unknown, args: unknown[], named: Mapping): unknown {
  if (of instanceof Undefined) return of.fail();
  if (typeof of !== 'function') throw new TemplateError('This value is not a function');
  return (of as Method)(...args, ...(Object.keys(named).length > 0 ? [named] : []));
}
function test(name: string, value: unknown, args: unknown[]): boolean {
  const found = Object.hasOwn(tests, name) ? tests[name] : undefined;
  if (!found) throw new TemplateError(`There is no test "${name}"`);
  return found(value, args);
}
function filter(given: string, value: unknown, args: unknown[], named: Mapping): unknown {
  const name = filterAliases[given] ?? given;
  const field = (item: unknown, path: unknown): unknown => str(path).split('.').reduce(attribute, item);
  if (name === 'map')
    return list(value).map((item) => {
      if (named['attribute'] === undefined) return filter(str(args[0]), item, args.slice(1), named);
      const found = field(item, named['attribute']);
      return found instanceof Undefined ? (named['default'] ?? found) : found;
    });
  const selection = /^(select|reject)(attr)?$/.exec(name);
  if (selection) {
    const [key, ...rest] = selection[2] ? args : [undefined, ...args];
    return list(value).filter((item) => {
      const one = selection[2] ? field(item, key) : item;
      const [check, ...more] = rest;
      const holds =
        check === undefined
          ? isTrue(one)
          : ['equalto', '==', 'eq'].includes(str(check))
            ? equal(one, more[0])
            : test(str(check), one, more);
      return holds === (selection[1] === 'select');
    });
  }
  const found = Object.hasOwn(filters, name) ? filters[name] : undefined;
  if (!found) throw new TemplateError(`There is no filter "${given}"`);
  if (value instanceof Undefined && name !== 'default' && name !== 'mandatory') value.fail();
  return found(value, args, named);
}
export function attribute(of: unknown, key: unknown): unknown {
  if (of instanceof Undefined) return of;
  if (isMapping(of) && Object.hasOwn(of, str(key))) return of[str(key)];
  if ((Array.isArray(of) || typeof of === 'string') && typeof key === 'number')
    return key < of.length && key >= -of.length ? of.at(key) : new Undefined(`there is no item ${key}`);
  const made = typeof key === 'string' && Object.hasOwn(methods, key) ? methods[key]?.(of) : undefined;
  return (
    made ??
    new Undefined(`'${isMapping(of) ? 'dict object' : typeof of} object' has no attribute '${str(key)}'`)
  );
}
const text =
  (make: (value: string) => Method) =>
  (of: unknown): Method | undefined =>
    typeof of === 'string' ? make(of) : undefined;
const dict =
  (make: (value: Mapping) => Method) =>
  (of: unknown): Method | undefined =>
    isMapping(of) ? make(of) : undefined;
const methods: Readonly<Record<string, (of: unknown) => Method | undefined>> = {
  split: text((of) => (by) => (by === undefined ? of.trim().split(/\s+/) : of.split(str(by)))),
  strip: text((of) => () => of.trim()),
  join: text((of) => (items) => list(items).map(str).join(of)),
  startswith: text((of) => (start) => of.startsWith(str(start))),
  endswith: text((of) => (end) => of.endsWith(str(end))),
  lower: text((of) => () => of.toLowerCase()),
  upper: text((of) => () => of.toUpperCase()),
  replace: text((of) => (from, to) => of.replaceAll(str(from), () => str(to))),
  items: dict((of) => () => Object.entries(of)),
  keys: dict((of) => () => Object.keys(of)),
  values: dict((of) => () => Object.values(of)),
  get: dict(
    (of) =>
      (key, otherwise = null) =>
        Object.hasOwn(of, str(key)) ? of[str(key)] : otherwise,
  ),
};
function slice(of: unknown, [from, to, step = 1]: (number | undefined)[]): unknown {
  if (step !== 1) throw new TemplateError('Slices with a step are not supported');
  return typeof of === 'string' ? of.slice(from, to) : list(of).slice(from, to);
}
function numeric(make: (a: number, b: number) => number, a: unknown, b: unknown = 0): unknown {
  const result = make(number(a), number(b));
  return a instanceof Float || b instanceof Float ? toFloat(result) : result;
}
function chain(first: unknown, rest: [string, Node][], run: (node: Node) => unknown): boolean {
  let left = first;
  for (const [op, node] of rest) {
    const right = run(node);
    const holds =
      op === '=='
        ? equal(left, right)
        : op === '!='
          ? !equal(left, right)
          : op === 'in'
            ? contains(right, left)
            : op === 'not'
              ? !contains(right, left)
              : op === '<'
                ? compare(left, right) < 0
                : op === '>'
                  ? compare(left, right) > 0
                  : op === '<='
                    ? compare(left, right) <= 0
                    : compare(left, right) >= 0;
    if (!holds) return false;
    left = right;
  }
  return true;
}
function binary(op: string, a: unknown, other: () => unknown): unknown {
  if (op === 'and') return isTrue(a) ? other() : a;
  if (op === 'or') return isTrue(a) ? a : other();
  const b = other();
  if (op === '~') return str(a) + str(b);
  if (op === '+' && Array.isArray(a) && Array.isArray(b)) return [...(a as unknown[]), ...(b as unknown[])];
  if (op === '+' && typeof a === 'string' && typeof b === 'string') return a + b;
  if (op === '+') return numeric((x, y) => x + y, a, b);
  if (op === '-') return numeric((x, y) => x - y, a, b);
  if (op === '*') return typeof a === 'string' ? a.repeat(number(b)) : numeric((x, y) => x * y, a, b);
  if (op === '**') return numeric((x, y) => x ** y, a, b);
  if (number(b) === 0) throw new TemplateError('division by zero');
  if (op === '/') return toFloat(number(a) / number(b));
  return numeric((x, y) => (op === '//' ? Math.floor(x / y) : ((x % y) + y) % y), a, b);
}
