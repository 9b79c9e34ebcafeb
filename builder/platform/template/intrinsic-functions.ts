import type { YamlPath } from '../../yaml/yaml.js';
import { cidrBlocks } from './cidr-blocks.js';
import { isPending, noValue } from './pending.js';
import type { Scope } from './scope.js';
import { substitute, substitutedNames } from './substitute.js';

/** One call of an intrinsic function. */
export interface Call {
  readonly scope: Scope;
  /** Where the argument stands. */
  readonly path: YamlPath;
  /** Computes a part of the argument; `at` is where it stands below the argument. */
  resolve(part: unknown, ...at: (string | number)[]): unknown;
}

type Compute = (argument: unknown, call: Call) => unknown;

/** Gives a parameter, a pseudo parameter, or what stands for a resource. */
const ref: Compute = (argument, { scope, path }) => {
  const name = text(argument, 'Ref', { scope, path });
  if (name === 'AWS::NoValue') return noValue;
  const known = scope.parameters[name] ?? scope.pseudo[name];
  return known ?? scope.attribute({ resource: name }, path);
};

const getAtt: Compute = (argument, call) => {
  const [resource, ...rest] = Array.isArray(argument) ? argument : String(argument).split('.');
  const attribute = rest.map((part, index) => call.resolve(part, index + 1)).join('.');
  if (typeof resource !== 'string' || attribute === '')
    throw call.scope.fail('Fn::GetAtt needs a resource and an attribute', call.path);
  return call.scope.attribute({ resource, attribute }, call.path);
};

const sub: Compute = (argument, call) => {
  const [template, given] = Array.isArray(argument) ? argument : [argument, {}];
  const wording = text(template, 'Fn::Sub', call);
  const own = new Map(Object.entries((given ?? {}) as object));
  const values = substitutedNames(wording).map((name): [string, unknown] => {
    if (own.has(name)) return [name, call.resolve(own.get(name), 1, name)];
    return [name, name.includes('.') ? getAtt(name, call) : ref(name, call)];
  });
  for (const [name, value] of values)
    if (!isPending(value) && typeof value === 'object')
      throw call.scope.fail(`Fn::Sub can't write \${${name}} into a text: it is not a text`, call.path);
  return substitute(wording, new Map(values));
};

const select: Compute = (argument, call) => {
  const [indexNode, listNode] = list(argument, 'Fn::Select', call, 2);
  const [index, items] = [call.resolve(indexNode, 0), call.resolve(listNode, 1)];
  if (isPending(index) || !Array.isArray(items)) return { 'Fn::Select': [index, items] };
  const item: unknown = items[Number(index)];
  if (item === undefined)
    throw call.scope.fail(`Fn::Select wants item ${String(index)} of a list of ${items.length}`, call.path);
  return item;
};

const split: Compute = (argument, call) => {
  const [separator, whole] = list(argument, 'Fn::Split', call, 2);
  const value = call.resolve(whole, 1);
  return isPending(value) ? { 'Fn::Split': [separator, value] } : String(value).split(String(separator));
};

const join: Compute = (argument, call) => {
  const [separator, parts] = list(argument, 'Fn::Join', call, 2);
  const items = call.resolve(parts, 1);
  if (!Array.isArray(items) || isPending(items)) return { 'Fn::Join': [separator, items] };
  return items.map(String).join(String(separator));
};

const findInMap: Compute = (argument, call) => {
  const [map, top, second] = list(argument, 'Fn::FindInMap', call, 3).map((part, index) =>
    String(call.resolve(part, index)),
  ) as [string, string, string];
  const found = call.scope.template.Mappings[map]?.[top]?.[second];
  if (found === undefined)
    throw call.scope.fail(`There is nothing at ${map}.${top}.${second} in Mappings`, call.path);
  return found;
};

const condition: Compute = (argument, call) => {
  const [name, yes, no] = list(argument, 'Fn::If', call, 3);
  return call.scope.condition(String(name), [...call.path, 0]) ? call.resolve(yes, 1) : call.resolve(no, 2);
};

const cidr: Compute = (argument, call) => {
  const [block, count, bits = 8] = list(argument, 'Fn::Cidr', call, 2).map((part, index) =>
    call.resolve(part, index),
  );
  if (isPending([block, count, bits])) return { 'Fn::Cidr': [block, count, bits] };
  try {
    return cidrBlocks(String(block), Number(count), Number(bits));
  } catch (error) {
    throw call.scope.fail(`Fn::Cidr: ${(error as Error).message}`, call.path);
  }
};

const base64: Compute = (argument, call) => {
  const value = call.resolve(argument);
  return isPending(value) ? { 'Fn::Base64': value } : Buffer.from(String(value)).toString('base64');
};

const getAzs: Compute = (_argument, { scope }) => [...scope.zones];

const refused: Readonly<Record<string, string>> = {
  'Fn::ImportValue':
    'Feed a parameter from the output of the other stack, in platform.yaml: exports lock stacks.',
  'Fn::Transform': 'Write out what the macro would write.',
};

/** The intrinsic functions that give a value, by their long names. */
export const intrinsicFunctions: Readonly<Record<string, Compute>> = {
  Ref: ref,
  'Fn::GetAtt': getAtt,
  'Fn::Sub': sub,
  'Fn::Select': select,
  'Fn::Split': split,
  'Fn::Join': join,
  'Fn::FindInMap': findInMap,
  'Fn::If': condition,
  'Fn::Cidr': cidr,
  'Fn::Base64': base64,
  'Fn::GetAZs': getAzs,
};

/** What to do instead of a function that is not computed here. */
export function insteadOf(name: string): string {
  return refused[name] ?? `Known are: ${Object.keys(intrinsicFunctions).join(', ')}.`;
}

type Place = Pick<Call, 'scope' | 'path'>;

function text(value: unknown, name: string, { scope, path }: Place): string {
  if (typeof value === 'string') return value;
  throw scope.fail(`${name} needs a text`, path);
}

function list(value: unknown, name: string, { scope, path }: Place, least: number): unknown[] {
  if (Array.isArray(value) && value.length >= least) return value;
  throw scope.fail(`${name} needs a list of ${least}`, path);
}
