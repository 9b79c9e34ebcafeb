import { Group, fieldGetter } from '../python/attributes.js';
import { compare, equal, sorted } from '../python/comparing.js';
import type { JinjaEnvironment, FilterTable } from '../python/jinja-environment.js';
import { MAX_ITEMS, within } from '../python/limits.js';
import { binary } from '../python/operators.js';
import {
  Sequence,
  Undefined,
  integer,
  isDict,
  isTrue,
  list,
  sequence,
  shown,
  str,
  tuple,
} from '../python/python-value.js';
import { TemplateError } from '../template-error.js';

const lowered = (value: unknown): unknown => (typeof value === 'string' ? value.toLowerCase() : value);

/** The key to compare items by: an attribute or the item, in lower case unless case matters. */
function keyOf(attribute: unknown, caseSensitive: unknown): (item: unknown) => unknown {
  const get =
    attribute === undefined || attribute === null ? (item: unknown) => item : fieldGetter(attribute);
  return isTrue(caseSensitive) ? get : (item) => lowered(get(item));
}

function sortKey(attribute: unknown, caseSensitive: unknown): (item: unknown) => unknown {
  if (typeof attribute !== 'string') return keyOf(attribute, caseSensitive);
  const keys = attribute.split(',').map((one) => keyOf(one, caseSensitive));
  return (item) => keys.map((key) => key(item));
}

/** Removes duplicates; fast for strings and numbers. */
export function unique(
  items: readonly unknown[],
  key: (item: unknown) => unknown = (item) => item,
): unknown[] {
  const known = new Set<unknown>();
  const others: unknown[] = [];
  return items.filter((item) => {
    const by = key(item);
    if (typeof by === 'string' || typeof by === 'number') {
      if (known.has(by)) return false;
      known.add(by);
      return true;
    }
    if (others.some((other) => equal(other, by))) return false;
    others.push(by);
    return true;
  });
}

export function includes(items: readonly unknown[], wanted: unknown): boolean {
  return items.some((item) => equal(item, wanted));
}

/** The operands of a set filter. Ansible turns hashable ones into Python sets, whose order differs from run to run: refused. */
function sides(one: unknown, other: unknown): [unknown[], unknown[]] {
  if (isHashable(one) && isHashable(other))
    throw new TemplateError(`A list is needed here, but got: ${shown(one)}`, 'Use "| list" before.');
  return [list(one), list(other)];
}

/** The operands of `+`, which must be lists. */
function lists(one: unknown, other: unknown): [unknown[], unknown[]] {
  for (const side of [one, other])
    if (!Array.isArray(side) || side instanceof Sequence)
      throw new TemplateError(`A list is needed here, but got: ${shown(side)}`, 'Use "| list" before.');
  return sides(one, other);
}

function isHashable(value: unknown): boolean {
  if (value instanceof Sequence) return value.kind !== 'dict_keys' && value.kind !== 'dict_items';
  return typeof value === 'string';
}

function extreme(value: unknown, sign: number, attribute: unknown, caseSensitive: unknown): unknown {
  const items = list(value);
  const key = keyOf(attribute, caseSensitive);
  if (items.length === 0) return new Undefined('No aggregated item, sequence was empty.');
  return items.reduce((best, item) => (compare(key(item), key(best)) * sign > 0 ? item : best));
}

function flatten(value: unknown, levels: number, skipNulls: boolean): unknown[] {
  const made: unknown[] = [];
  for (const item of list(value)) {
    if (skipNulls && (item === null || item === 'None' || item === 'null')) continue;
    if (Array.isArray(item) && levels > 0) made.push(...flatten(item, levels - 1, skipNulls));
    else made.push(item);
  }
  return made;
}

function groupBy(value: unknown, attribute: unknown, otherwise: unknown, caseSensitive: unknown): unknown[] {
  const get = fieldGetter(attribute);
  const real = (item: unknown): unknown => {
    const found = get(item);
    return found instanceof Undefined && otherwise !== undefined && otherwise !== null ? otherwise : found;
  };
  const key = isTrue(caseSensitive) ? real : (item: unknown) => lowered(real(item));
  const groups: unknown[][] = [];
  for (const item of sorted(list(value), key)) {
    const last = groups.at(-1);
    if (last !== undefined && equal(key(last[0]), key(item))) last.push(item);
    else groups.push([item]);
  }
  return groups.map((items) => Group.from([real(items[0]), items]));
}

function slices(value: unknown, count: number, fill: unknown): unknown[][] {
  const items = list(value);
  if (count <= 0) throw new TemplateError('"slice" needs a number above zero');
  const size = Math.floor(items.length / within(count, MAX_ITEMS));
  const longer = items.length % count;
  let at = 0;
  return Array.from({ length: count }, (_, index) => {
    const part = items.slice(at, (at += size + (index < longer ? 1 : 0)));
    return fill !== undefined && fill !== null && index >= longer ? [...part, fill] : part;
  });
}

function batches(value: unknown, size: number, fill: unknown): unknown[][] {
  const items = list(value);
  if (size <= 0) throw new TemplateError('"batch" needs a number above zero');
  const parts: unknown[][] = [];
  for (let at = 0; at < items.length; at += size) parts.push(items.slice(at, at + size));
  const last = parts.at(-1);
  if (fill !== undefined && fill !== null)
    while (last !== undefined && last.length < within(size, MAX_ITEMS)) last.push(fill);
  return parts;
}

function zipped(lists: unknown[][], length: number, fill: unknown): unknown[] {
  return Array.from({ length }, (_, index) =>
    tuple(...lists.map((items) => (index < items.length ? items[index] : fill))),
  );
}

function product(lists: unknown[][]): unknown[] {
  within(
    lists.reduce((total, items) => total * items.length, 1),
    MAX_ITEMS,
  );
  let rows: unknown[][] = [[]];
  for (const items of lists) rows = rows.flatMap((row) => items.map((item) => [...row, item]));
  return rows.map((row) => sequence(row));
}

/** All selections of `size` items: permutations if `ordered`, else combinations. */
function choices(items: unknown[], size: number, ordered: boolean): unknown[] {
  const made: unknown[] = [];
  const extend = (taken: number[]): void => {
    if (taken.length === size) {
      within(made.push(sequence(taken.map((index) => items[index]))), MAX_ITEMS);
      return;
    }
    items.forEach((_, index) => {
      if (ordered ? !taken.includes(index) : index > (taken.at(-1) ?? -1)) extend([...taken, index]);
    });
  };
  if (size >= 0 && size <= items.length) extend([]);
  return made;
}

function join(value: unknown, separator: unknown, attribute: unknown): string {
  const get = attribute === undefined || attribute === null ? undefined : fieldGetter(attribute);
  const items = list(value);
  return (get ? items.map(get) : items).map(str).join(str(separator));
}

function sum(value: unknown, attribute: unknown, start: unknown): unknown {
  const get =
    attribute === undefined || attribute === null ? (item: unknown) => item : fieldGetter(attribute);
  if (typeof start === 'string') throw new TemplateError('"sum" can not add strings', 'Use "| join".');
  return list(value).reduce((total, item) => binary('+', total, get(item)), start);
}

function uniqueBy(value: unknown, caseSensitive: unknown, attribute: unknown): unknown[] {
  return unique(list(value), keyOf(attribute, caseSensitive ?? false));
}

function extract(key: unknown, container: unknown, more: unknown, environment: JinjaEnvironment): unknown {
  const keys =
    more === undefined || more === null
      ? [key]
      : [key, ...(Array.isArray(more) ? (more as unknown[]) : [more])];
  return keys.reduce((of, one) => environment.item(of, one), container);
}

/** Filters of lists: Jinja's and Ansible's. */
export const listFilters: FilterTable = {
  batch: ['linecount fill_with?', (value, [size, fill]) => batches(value, integer(size), fill)],
  combinations: ['r', (value, [size]) => choices(list(value), integer(size), false)],
  count: ['', length],
  difference: [
    'b',
    (value, [other]) => {
      const [a, b] = sides(value, other);
      return unique(a.filter((item) => !includes(b, item)));
    },
  ],
  extract: [
    'container morekeys?',
    (value, [container, more], environment) => extract(value, container, more, environment),
  ],
  first: [
    '',
    (value) =>
      list(value).length === 0 ? new Undefined('No first item, sequence was empty.') : list(value)[0],
  ],
  flatten: [
    'levels? skip_nulls?',
    (value, [levels, skip = true]) =>
      flatten(value, levels === undefined || levels === null ? Infinity : integer(levels), isTrue(skip)),
  ],
  groupby: [
    'attribute default? case_sensitive?',
    (value, [attribute, otherwise, sensitive = false]) => groupBy(value, attribute, otherwise, sensitive),
  ],
  intersect: [
    'b',
    (value, [other]) => {
      const [a, b] = sides(value, other);
      return unique(a.filter((item) => includes(b, item)));
    },
  ],
  join: ['d? attribute?', (value, [separator = '', attribute]) => join(value, separator, attribute)],
  last: [
    '',
    (value) =>
      list(value).length === 0 ? new Undefined('No last item, sequence was empty.') : list(value).at(-1),
  ],
  length: ['', length],
  list: ['', (value) => [...list(value)]],
  max: [
    'case_sensitive? attribute?',
    (value, [sensitive = false, attribute]) => extreme(value, 1, attribute, sensitive),
  ],
  min: [
    'case_sensitive? attribute?',
    (value, [sensitive = false, attribute]) => extreme(value, -1, attribute, sensitive),
  ],
  permutations: [
    'r?',
    (value, [size]) =>
      choices(list(value), size === undefined || size === null ? list(value).length : integer(size), true),
  ],
  product: [
    '*iterables **options',
    (value, [others, options]) => {
      const repeat = integer((options as Record<string, unknown>)['repeat'] ?? 1);
      const lists = [value, ...(others as unknown[])].map(list);
      return product(Array.from({ length: within(repeat, 20) }, () => lists).flat());
    },
  ],
  reverse: [
    '',
    (value) => (typeof value === 'string' ? [...value].reverse().join('') : [...list(value)].reverse()),
  ],
  slice: ['slices fill_with?', (value, [count, fill]) => slices(value, integer(count), fill)],
  sort: [
    'reverse? case_sensitive? attribute?',
    (value, [reverse = false, sensitive = false, attribute]) =>
      sorted(list(value), sortKey(attribute, sensitive), isTrue(reverse)),
  ],
  sum: ['attribute? start?', (value, [attribute, start = 0]) => sum(value, attribute, start)],
  symmetric_difference: [
    'b',
    (value, [other]) => {
      const [a, b] = sides(value, other);
      return unique([...a, ...b]).filter((item) => includes(a, item) !== includes(b, item));
    },
  ],
  union: ['b', (value, [other]) => unique(lists(value, other).flat())],
  unique: [
    'case_sensitive? attribute?',
    (value, [sensitive, attribute]) => uniqueBy(value, sensitive, attribute),
  ],
  zip: [
    '*iterables',
    (value, [others]) => {
      const lists = [value, ...(others as unknown[])].map(list);
      return zipped(lists, Math.min(...lists.map((items) => items.length)), null);
    },
  ],
  zip_longest: [
    '*iterables **options',
    (value, [others, options]) => {
      const lists = [value, ...(others as unknown[])].map(list);
      return zipped(
        lists,
        Math.max(...lists.map((items) => items.length)),
        (options as Record<string, unknown>)['fillvalue'] ?? null,
      );
    },
  ],
};

function length(value: unknown): number {
  if (typeof value === 'string' || Array.isArray(value) || isDict(value)) return list(value).length;
  if (value instanceof Undefined) return list(value).length;
  throw new TemplateError(`A value without a length: ${shown(value)}`);
}
