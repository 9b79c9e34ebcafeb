import type { Arguments, Node } from '../syntax/ast.js';
import { attribute, callValue, item, slice } from '../python/attributes.js';
import { compare, contains, equal } from '../python/comparing.js';
import type { JinjaEnvironment } from '../python/jinja-environment.js';
import { binary, signed } from '../python/operators.js';
import {
  type Mapping,
  Undefined,
  dictOf,
  isDict,
  isTrue,
  entriesOf,
  list,
  text,
  tuple,
} from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

/** The names visible to an expression, and the environment of its filters and tests. */
export interface Names {
  get(name: string): unknown;
  readonly environment: JinjaEnvironment;
}

type Handlers = { readonly [T in Node['t']]: (node: Node & { t: T }, names: Names) => unknown };

/** The value of an expression. @throws TemplateError */
export function evaluate(node: Node, names: Names): unknown {
  return (handlers[node.t] as (node: Node, names: Names) => unknown)(node, names);
}

const handlers: Handlers = {
  const: ({ value }) => value,
  name: ({ name }, names) => names.get(name),
  list: ({ items }, names) => items.map((one) => evaluate(one, names)),
  tuple: ({ items }, names) => tuple(...items.map((one) => evaluate(one, names))),
  dict: ({ items }, names) =>
    dictOf(items.map(([key, value]) => [evaluate(key, names), evaluate(value, names)])),
  attribute: ({ of, name }, names) => attribute(evaluate(of, names), name),
  item: ({ of, key }, names) =>
    key.t === 'slice'
      ? slice(
          evaluate(of, names),
          key.parts.map((part) => part && evaluate(part, names)),
        )
      : item(evaluate(of, names), evaluate(key, names)),
  slice: () => {
    throw new TemplateError('A slice can only stand alone in brackets');
  },
  call: ({ of, args }, names) => {
    const called = evaluate(of, names);
    return callValue(called, ...argumentsOf(args, names));
  },
  filter: ({ of, name, args }, names) =>
    names.environment.filter(name, of && evaluate(of, names), ...argumentsOf(args, names)),
  test: ({ of, name, args }, names) =>
    names.environment.test(name, evaluate(of, names), ...argumentsOf(args, names)),
  not: ({ of }, names) => !isTrue(evaluate(of, names)),
  sign: ({ op, of }, names) => signed(op, evaluate(of, names)),
  and: ({ a, b }, names) => {
    const left = evaluate(a, names);
    return isTrue(left) ? evaluate(b, names) : left;
  },
  or: ({ a, b }, names) => {
    const left = evaluate(a, names);
    return isTrue(left) ? left : evaluate(b, names);
  },
  binary: ({ op, a, b }, names) => binary(op, evaluate(a, names), evaluate(b, names)),
  compare: ({ first, rest }, names) => {
    let left = evaluate(first, names);
    for (const [op, node] of rest) {
      const right = evaluate(node, names);
      if (!comparisons[op]?.(left, right)) return false;
      left = right;
    }
    return true;
  },
  if: ({ when, then, otherwise }, names) => {
    if (isTrue(evaluate(when, names))) return evaluate(then, names);
    return otherwise === undefined
      ? new Undefined('the inline if-expression evaluated to false and no else section was defined', true)
      : evaluate(otherwise, names);
  },
};

const comparisons: Readonly<Record<string, (a: unknown, b: unknown) => boolean>> = {
  '==': equal,
  '!=': (a, b) => !equal(a, b),
  '<': (a, b) => compare(a, b) < 0,
  '>': (a, b) => compare(a, b) > 0,
  '<=': (a, b) => compare(a, b) <= 0,
  '>=': (a, b) => compare(a, b) >= 0,
  in: (a, b) => contains(b, a),
  not: (a, b) => !contains(b, a),
};

/** The arguments of a call, with `*` and `**` expanded. */
export function argumentsOf({ args, named, rest, more }: Arguments, names: Names): [unknown[], Mapping] {
  const given = args.map((one) => evaluate(one, names));
  if (rest) given.push(...list(evaluate(rest, names)));
  const byName: [string, unknown][] = named.map(([name, node]) => [name, evaluate(node, names)]);
  if (more) {
    const spread = evaluate(more, names);
    if (!isDict(spread)) throw new TemplateError('"**" needs a mapping');
    byName.push(...entriesOf(spread).map(([key, value]): [string, unknown] => [text(key), value]));
  }
  return [given, Object.fromEntries(byName)];
}
