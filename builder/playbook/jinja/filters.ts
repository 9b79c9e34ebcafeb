import { basename, dirname } from 'node:path';
import { toFloat } from './float.js';
import {
  type Mapping,
  Undefined,
  compare,
  equal,
  isMapping,
  isTrue,
  list,
  number,
  str,
} from './python-value.js';
import { TemplateError, UndefinedVariableError } from './template-error.js';

export type Callable = (value: unknown, args: unknown[], named: Mapping) => unknown;

const boolean = (value: unknown): unknown =>
  value === null || typeof value === 'boolean'
    ? value
    : ['yes', 'on', '1', 'true'].includes(str(value).toLowerCase());

/** Python's regular expressions, as far as JavaScript has the same. */
export function regex(pattern: unknown, ignoreCase = false, multiline = false): RegExp {
  const source = str(pattern).replaceAll('(?P<', '(?<').replaceAll('\\A', '^').replaceAll('\\Z', '$');
  const inline = /^\(\?([ims]+)\)/.exec(source);
  try {
    return new RegExp(
      source.slice(inline?.[0].length ?? 0),
      [...new Set(`g${inline?.[1] ?? ''}${ignoreCase ? 'i' : ''}${multiline ? 'm' : ''}`)].join(''),
    );
  } catch (error) {
    throw new TemplateError(
      `This regular expression is not valid: ${str(pattern)} (${(error as Error).message})`,
    );
  }
}

function combine(a: Mapping, b: Mapping, recursive: boolean): Mapping {
  const result = { ...a };
  for (const [key, value] of Object.entries(b)) {
    const old = Object.hasOwn(result, key) ? result[key] : undefined;
    result[key] = recursive && isMapping(old) && isMapping(value) ? combine(old, value, true) : value;
  }
  return result;
}

const unique = (items: unknown[]): unknown[] =>
  items.filter((item, index) => items.findIndex((other) => equal(item, other)) === index);
const among = (items: unknown, item: unknown): boolean => list(items).some((other) => equal(item, other));
const flat = (items: unknown, depth: unknown): unknown[] =>
  list(items)
    .flat(typeof depth === 'number' ? (depth as 1) : (Infinity as 1))
    .filter((item) => item !== null);

/** JSON as Python's json.dumps writes it. */
function json(value: unknown, indent: number, sorted: boolean, at = 0): string {
  const colon = ': ';
  const wrap = (open: string, parts: string[], close: string): string => {
    if (parts.length === 0) return open + close;
    if (indent === 0) return open + parts.join(', ') + close;
    const pad = `\n${' '.repeat(at + indent)}`;
    return `${open}${pad}${parts.join(`,${pad}`)}\n${' '.repeat(at)}${close}`;
  };
  if (value instanceof Undefined) return value.fail();
  if (Array.isArray(value))
    return wrap(
      '[',
      value.map((item) => json(item, indent, sorted, at + indent)),
      ']',
    );
  if (isMapping(value)) {
    const keys = sorted ? Object.keys(value).sort() : Object.keys(value);
    return wrap(
      '{',
      keys.map((key) => `${text(key)}${colon}${json(value[key], indent, sorted, at + indent)}`),
      '}',
    );
  }
  return typeof value === 'string'
    ? text(value)
    : value === null
      ? 'null'
      : typeof value === 'boolean'
        ? String(value)
        : str(value);
}
const text = (value: string): string =>
  JSON.stringify(value).replace(
    /[\u007f-\uffff]/g,
    (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );

export const filters: Readonly<Record<string, Callable>> = {
  default: (value, [otherwise = '', always], named) =>
    value instanceof Undefined || ((always ?? named['boolean']) === true && !isTrue(value))
      ? otherwise
      : value,
  bool: boolean,
  length: (value) => (typeof value === 'string' ? [...value].length : list(value).length),
  dirname: (value) => (str(value).includes('/') ? dirname(str(value)) : ''),
  basename: (value) => (str(value).endsWith('/') ? '' : basename(str(value))),
  first: (value) =>
    list(value).length === 0 ? new Undefined('No first item, sequence was empty.') : list(value)[0],
  last: (value) =>
    list(value).length === 0 ? new Undefined('No last item, sequence was empty.') : list(value).at(-1),
  list: (value) => [...list(value)],
  flatten: (value, [levels], named) => flat(value, levels ?? named['levels']),
  join: (value, [separator = '']) => list(value).map(str).join(str(separator)),
  int: (value, [otherwise = 0]) => {
    const text = typeof value === 'boolean' ? Number(value) : str(value).trim();
    return /^[-+]?\d+(\.\d+)?$/.test(String(text)) ? Math.trunc(Number(text)) : otherwise;
  },
  float: (value) => toFloat(Number(str(value)) || 0),
  string: str,
  lower: (value) => str(value).toLowerCase(),
  upper: (value) => str(value).toUpperCase(),
  trim: (value) => str(value).trim(),
  capitalize: (value) => str(value).charAt(0).toUpperCase() + str(value).slice(1).toLowerCase(),
  replace: (value, [from, to]) => str(value).replaceAll(str(from), () => str(to)),
  mandatory: (value, [message]) => {
    if (value instanceof Undefined)
      throw new UndefinedVariableError(message === undefined ? value.what : str(message));
    return value;
  },
  ternary: (value, [yes, no, none]) =>
    value === null && none !== undefined ? none : isTrue(value) ? yes : no,
  regex_search: (value, [pattern], named) =>
    regex(pattern, named['ignorecase'] === true, named['multiline'] === true).exec(str(value))?.[0] ?? null,
  regex_findall: (value, [pattern]) =>
    [...str(value).matchAll(regex(pattern))].map((match) =>
      match.length > 2 ? match.slice(1) : (match[1] ?? match[0]),
    ),
  regex_replace: (value, [pattern, to = ''], named) =>
    str(value).replace(
      regex(pattern, named['ignorecase'] === true, named['multiline'] === true),
      (...parts) => str(to).replace(/\\(\d)/g, (_, group: string) => String(parts[Number(group)] ?? '')),
    ),
  regex_escape: (value) => str(value).replace(/[\\.*+?^${}()|[\]#&~\s-]/g, '\\$&'),
  dict2items: (value, _, named) =>
    Object.entries(value as Mapping).map(([key, item]) => ({
      [str(named['key_name'] ?? 'key')]: key,
      [str(named['value_name'] ?? 'value')]: item,
    })),
  items2dict: (value) =>
    Object.fromEntries((list(value) as Mapping[]).map((item) => [str(item['key']), item['value']])),
  combine: (value, args, named) =>
    args
      .flat()
      .reduce<Mapping>(
        (all, one) => combine(all, one as Mapping, named['recursive'] === true),
        value as Mapping,
      ),
  quote: (value) =>
    /^[\w@%+=:,./-]+$/.test(str(value)) ? str(value) : `'${str(value).replaceAll("'", `'"'"'`)}'`,
  indent: (value, [width = 4, first], named) => {
    const pad = ' '.repeat(number(named['width'] ?? width));
    const body = str(value)
      .split('\n')
      .map((line, index) => (index === 0 || line === '' ? line : pad + line))
      .join('\n');
    return (first ?? named['first']) === true ? pad + body : body;
  },
  comment: (value, [style = 'plain']) => {
    const mark = ({ plain: '# ', erlang: '% ', c: '// ' } as Mapping)[str(style)];
    if (mark === undefined) throw new TemplateError(`The comment style "${str(style)}" is not supported`);
    return ['', ...str(value).split('\n'), ''].map((line) => (str(mark) + line).trimEnd()).join('\n');
  },
  union: (a, [b]) => unique([...list(a), ...list(b)]),
  difference: (a, [b]) => unique(list(a).filter((item) => !among(b, item))),
  intersect: (a, [b]) => unique(list(a).filter((item) => among(b, item))),
  unique: (value) => unique(list(value)),
  sort: (value, [reverse], named) => {
    const by = (item: unknown): unknown =>
      typeof named['attribute'] === 'string'
        ? (item as Mapping)[named['attribute']]
        : typeof item === 'string'
          ? item.toLowerCase()
          : item;
    const order = isTrue(reverse ?? named['reverse']) ? -1 : 1;
    return list(value).toSorted((a, b) => order * compare(by(a), by(b)));
  },
  reverse: (value) => (typeof value === 'string' ? [...value].reverse().join('') : list(value).toReversed()),
  sum: (value) => list(value).reduce<number>((all, one) => all + number(one), 0),
  min: (value) => list(value).toSorted(compare)[0],
  max: (value) => list(value).toSorted(compare).at(-1),
  abs: (value) => Math.abs(number(value)),
  to_json: (value) => json(value, 0, false),
  to_nice_json: (value) => json(value, 4, true),
  from_json: (value) => JSON.parse(str(value)) as unknown,
  b64encode: (value) => Buffer.from(str(value)).toString('base64'),
  b64decode: (value) => Buffer.from(str(value), 'base64').toString(),
};
export const filterAliases: Readonly<Record<string, string>> = {
  d: 'default',
  count: 'length',
  tojson: 'to_json',
};

const at = (value: unknown): string => str((value as Mapping)['failed'] ?? false);
export const tests: Readonly<Record<string, (value: unknown, args: unknown[]) => boolean>> = {
  defined: (value) => !(value instanceof Undefined),
  undefined: (value) => value instanceof Undefined,
  none: (value) => value === null,
  string: (value) => typeof value === 'string',
  mapping: isMapping,
  number: (value) =>
    typeof value === 'boolean' || (!Number.isNaN(Number(value)) && typeof value !== 'string'),
  boolean: (value) => typeof value === 'boolean',
  odd: (value) => Math.abs(number(value) % 2) === 1,
  even: (value) => number(value) % 2 === 0,
  divisibleby: (value, [by]) => number(value) % number(by) === 0,
  true: (value) => value === true,
  false: (value) => value === false,
  sameas: (value, [other]) => value === other,
  truthy: (value) => isTrue(value),
  falsy: (value) => !isTrue(value),
  contains: (value, [item]) => among(value, item),
  subset: (value, [all]) => list(value).every((item) => among(all, item)),
  superset: (value, [part]) => list(part).every((item) => among(value, item)),
  all: (value) => list(value).every(isTrue),
  any: (value) => list(value).some(isTrue),
  sequence: (value) => typeof value === 'string' || Array.isArray(value) || isMapping(value),
  iterable: (value) => typeof value === 'string' || Array.isArray(value) || isMapping(value),
  in: (value, [all]) => among(all, value) || (typeof all === 'string' && all.includes(str(value))),
  match: (value, [pattern]) => str(value).search(regex(pattern)) === 0,
  search: (value, [pattern]) => regex(pattern).test(str(value)),
  failed: (value) => at(value) === 'True',
  succeeded: (value) => at(value) !== 'True',
  success: (value) => at(value) !== 'True',
  changed: (value) => (value as Mapping)['changed'] === true,
  skipped: (value) => (value as Mapping)['skipped'] === true,
  version: (value, [other, operator = '==']) => {
    const order = str(value).localeCompare(str(other), 'en', { numeric: true });
    return (
      (
        {
          '==': order === 0,
          '!=': order !== 0,
          '<': order < 0,
          lt: order < 0,
          '<=': order <= 0,
          le: order <= 0,
          '>': order > 0,
          gt: order > 0,
          '>=': order >= 0,
          ge: order >= 0,
          eq: order === 0,
          ne: order !== 0,
        } as Record<string, boolean>
      )[str(operator)] ?? false
    );
  },
};
