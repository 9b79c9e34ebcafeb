import { item } from '../python/attributes.js';
import { sorted } from '../python/comparing.js';
import type { FilterTable } from '../python/jinja-environment.js';
import {
  type Dict,
  Undefined,
  dictOf,
  entriesOf,
  hasKey,
  isDict,
  isTrue,
  list,
  shown,
  str,
  text,
  tuple,
  typeName,
  valueAt,
} from '../python/python-value.js';
import { TemplateError } from '../template-error.js';
import { nearestName } from '../../nearest-name.js';
import { includes } from './lists.js';

function dict(value: unknown, who: string): Dict {
  if (isDict(value)) return value;
  if (value instanceof Undefined) return value.fail();
  throw new TemplateError(
    `"${who}" needs a mapping, but got one of type ${typeName(value)}: ${shown(value)}`,
  );
}

type Merge = (low: unknown[], high: unknown[]) => unknown[];
const without = (items: unknown[], others: unknown[]): unknown[] =>
  items.filter((one) => !includes(others, one));
const merges: Readonly<Record<string, Merge>> = {
  replace: (_, high) => high,
  keep: (low) => low,
  append: (low, high) => [...low, ...high],
  prepend: (low, high) => [...high, ...low],
  append_rp: (low, high) => [...without(low, high), ...high],
  prepend_rp: (low, high) => [...high, ...without(low, high)],
};

/** Like `merge_hash` in ansible/utils/vars.py. */
function merged(low: Dict, high: Dict, recursive: boolean, merge: Merge): Dict {
  const result = new Map<unknown, unknown>(entriesOf(low));
  for (const [key, value] of entriesOf(high)) {
    const old = result.get(key);
    const kept = result.has(key) ? old : undefined;
    if (isDict(kept) && isDict(value))
      result.set(key, recursive ? merged(kept, value, recursive, merge) : value);
    else if (Array.isArray(kept) && Array.isArray(value)) result.set(key, merge(kept, value as unknown[]));
    else result.set(key, value);
  }
  return dictOf([...result]);
}

function checkDefined(value: unknown): void {
  if (value instanceof Undefined) value.fail();
  if (Array.isArray(value)) value.forEach(checkDefined);
  else if (isDict(value)) for (const [, one] of entriesOf(value)) checkDefined(one);
}

function combine(first: unknown, others: unknown[], recursive: boolean, mergeName: string): unknown {
  const merge = Object.hasOwn(merges, mergeName) ? merges[mergeName] : undefined;
  if (!merge) {
    const near = nearestName(mergeName, Object.keys(merges));
    throw new TemplateError(
      `"combine" has no list_merge "${mergeName}"`,
      near === undefined ? `It may be: ${Object.keys(merges).join(', ')}.` : `Did you mean "${near}"?`,
    );
  }
  const given = [first, ...others].flatMap((one) => (Array.isArray(one) ? (one as unknown[]) : [one]));
  const all = given.filter((one) => one !== null && one !== 'None' && one !== 'null');
  checkDefined(all);
  const [low, ...high] = all.map((one) => (all.length === 1 ? (one as Dict) : dict(one, 'combine')));
  return low === undefined
    ? dictOf([])
    : high.reduce((result, one) => merged(result, one, recursive, merge), low);
}

function keyed(value: unknown, key: unknown, duplicates: unknown): Dict {
  if (duplicates !== 'error' && duplicates !== 'overwrite')
    throw new TemplateError('"duplicates" of "rekey_on_member" is "error" or "overwrite"');
  if (typeof value === 'string') throw new TemplateError('"rekey_on_member" needs a list or a mapping');
  const items = isDict(value) ? entriesOf(value).map(([, one]) => one) : list(value);
  const result = new Map<unknown, unknown>();
  for (const one of items) {
    const of = dict(one, 'rekey_on_member');
    if (!hasKey(of, key)) throw new TemplateError(`The key "${str(key)}" was not found in ${shown(one)}`);
    const name = valueAt(of, key);
    if (result.has(name) && duplicates === 'error')
      throw new TemplateError(
        `The key "${str(name)}" is not unique, so no mapping can be made`,
        'Give duplicates="overwrite".',
      );
    result.set(name, one);
  }
  return dictOf([...result]);
}

function subelements(value: unknown, path: unknown, skipMissing: boolean): unknown[] {
  const items = isDict(value)
    ? entriesOf(value).map(([, one]) => one)
    : Array.isArray(value)
      ? (value as unknown[])
      : undefined;
  if (!items) throw new TemplateError('"subelements" needs a list or a mapping of mappings');
  const keys = Array.isArray(path) ? (path as unknown[]) : text(path).split('.');
  return items.flatMap((one) => {
    let inner: unknown = one;
    for (const key of keys) {
      if (!isDict(inner))
        throw new TemplateError(
          `The key "${str(key)}" should point to a mapping, but that is: ${shown(inner)}`,
        );
      if (!hasKey(inner, key)) {
        if (skipMissing) return [];
        throw new TemplateError(
          `There is no key "${str(key)}" in ${shown(inner)}`,
          'Give skip_missing=True to leave such items out.',
        );
      }
      inner = valueAt(inner, key);
    }
    if (!Array.isArray(inner))
      throw new TemplateError(
        `The key "${keys.map(str).join('.')}" should point to a list, but that is: ${shown(inner)}`,
      );
    return inner.map((last: unknown) => tuple(one, last));
  });
}

function fromItems(value: unknown, key: unknown, name: unknown): Dict {
  if (!Array.isArray(value)) throw new TemplateError(`"items2dict" needs a list, but got: ${shown(value)}`);
  return dictOf(
    value.map((one: unknown): [unknown, unknown] => {
      const of = dict(one, 'items2dict');
      if (!hasKey(of, key) || !hasKey(of, name))
        throw new TemplateError(
          `"items2dict" needs the keys "${str(key)}" and "${str(name)}" in every item, but got: ${shown(one)}`,
        );
      return [valueAt(of, key), valueAt(of, name)];
    }),
  );
}

function sortedPairs(value: unknown, caseSensitive: boolean, by: unknown, reverse: boolean): unknown[] {
  if (by !== 'key' && by !== 'value') throw new TemplateError('"dictsort" sorts by "key" or by "value"');
  const pairs = entriesOf(dict(value, 'dictsort')).map((entry) => tuple(...entry));
  const lowered = (one: unknown): unknown =>
    typeof one === 'string' && !caseSensitive ? one.toLowerCase() : one;
  return sorted(pairs, (pair) => lowered((pair as unknown[])[by === 'key' ? 0 : 1]), reverse);
}

/** Filters of mappings: Jinja's and Ansible's. */
export const dictFilters: FilterTable = {
  attr: ['name', (value, [name]) => item(value, text(name))],
  combine: [
    '*terms **options',
    (value, [others, options]) => {
      const {
        recursive = false,
        list_merge: merge = 'replace',
        ...rest
      } = options as Record<string, unknown>;
      if (Object.keys(rest).length > 0)
        throw new TemplateError('"combine" takes only "recursive" and "list_merge" by name');
      return combine(value, others as unknown[], isTrue(recursive), str(merge));
    },
  ],
  dict2items: [
    'key_name? value_name?',
    (value, [key = 'key', name = 'value']) =>
      entriesOf(dict(value, 'dict2items')).map(([k, v]) =>
        dictOf([
          [key, k],
          [name, v],
        ]),
      ),
  ],
  dictsort: [
    'case_sensitive? by? reverse?',
    (value, [sensitive = false, by = 'key', reverse = false]) =>
      sortedPairs(value, isTrue(sensitive), by, isTrue(reverse)),
  ],
  items: [
    '',
    (value) =>
      value instanceof Undefined ? [] : entriesOf(dict(value, 'items')).map((entry) => tuple(...entry)),
  ],
  items2dict: [
    'key_name? value_name?',
    (value, [key = 'key', name = 'value']) => fromItems(value, key, name),
  ],
  rekey_on_member: ['key duplicates?', (value, [key, duplicates = 'error']) => keyed(value, key, duplicates)],
  subelements: [
    'subelements skip_missing?',
    (value, [path, skip = false]) => subelements(value, path, isTrue(skip)),
  ],
};
