import { equal, sorted } from './comparing.js';
import type { MethodTable } from './methods-of-text.js';
import {
  type Dict,
  dictOf,
  entriesOf,
  hasKey,
  integer,
  isDict,
  keysOf,
  list,
  sequence,
  shown,
  tuple,
  valueAt,
} from './python-value.js';
import { TemplateError } from '../template-error.js';

function indexOf(items: unknown[], wanted: unknown): number {
  const at = items.findIndex((one) => equal(one, wanted));
  if (at < 0) throw new TemplateError(`${shown(wanted)} is not in the list`);
  return at;
}

function changed(change: () => void): null {
  change();
  return null;
}

export const tupleMethods: MethodTable<unknown[]> = {
  count: ['value', (items, [value]) => items.filter((one) => equal(one, value)).length],
  index: ['value', (items, [value]) => indexOf(items, value)],
};

/** Python's methods of lists; mutating ones return None. */
export const listMethods: MethodTable<unknown[]> = {
  ...tupleMethods,
  append: ['value', (items, [value]) => changed(() => items.push(value))],
  clear: ['', (items) => changed(() => items.splice(0))],
  copy: ['', (items) => [...items]],
  extend: ['values', (items, [values]) => changed(() => items.push(...list(values)))],
  insert: ['index value', (items, [index, value]) => changed(() => items.splice(integer(index), 0, value))],
  pop: ['index?', (items, [index = -1]) => popped(items, integer(index))],
  remove: ['value', (items, [value]) => changed(() => items.splice(indexOf(items, value), 1))],
  reverse: ['', (items) => changed(() => items.reverse())],
  sort: [
    'key? reverse?',
    (items, [, reverse]) =>
      changed(() => items.splice(0, items.length, ...sorted(items, (one) => one, reverse === true))),
  ],
};

function popped(items: unknown[], index: number): unknown {
  if (index >= items.length || index < -items.length)
    throw new TemplateError(items.length === 0 ? 'pop from an empty list' : 'pop index out of range');
  return items.splice(index, 1)[0];
}

function put(dict: Dict, key: unknown, value: unknown): void {
  if (dict instanceof Map) dict.set(key, value);
  else
    Object.defineProperty(dict, String(key), { value, enumerable: true, configurable: true, writable: true });
}

function drop(dict: Dict, key: unknown): void {
  if (dict instanceof Map) dict.delete(key);
  else Reflect.deleteProperty(dict, String(key));
}

function taken(dict: Dict, key: unknown, otherwise: unknown): unknown {
  if (!hasKey(dict, key)) {
    if (otherwise !== undefined) return otherwise;
    throw new TemplateError(`The mapping has no key ${shown(key)}`);
  }
  const value = valueAt(dict, key);
  drop(dict, key);
  return value;
}

const pairsOf = (value: unknown): [unknown, unknown][] =>
  isDict(value) ? entriesOf(value) : list(value).map((pair) => [list(pair)[0], list(pair)[1]]);

/** Python's methods of mappings; `update`, `clear` and `setdefault` mutate. */
export const dictMethods: MethodTable<Dict> = {
  clear: ['', (dict) => changed(() => keysOf(dict).forEach((key) => drop(dict, key)))],
  copy: ['', (dict) => dictOf(entriesOf(dict))],
  fromkeys: ['keys value?', (_, [keys, value = null]) => dictOf(list(keys).map((key) => [key, value]))],
  get: [
    'key default?',
    (dict, [key, otherwise = null]) => (hasKey(dict, key) ? valueAt(dict, key) : otherwise),
  ],
  items: [
    '',
    (dict) =>
      sequence(
        entriesOf(dict).map((entry) => tuple(...entry)),
        'dict_items',
      ),
  ],
  keys: ['', (dict) => sequence(keysOf(dict), 'dict_keys')],
  pop: ['key default?', (dict, [key, otherwise]) => taken(dict, key, otherwise)],
  popitem: [
    '',
    (dict) => {
      const last = entriesOf(dict).at(-1);
      if (last === undefined) throw new TemplateError('popitem(): the mapping is empty');
      drop(dict, last[0]);
      return tuple(...last);
    },
  ],
  setdefault: [
    'key default?',
    (dict, [key, otherwise = null]) => {
      if (!hasKey(dict, key)) put(dict, key, otherwise);
      return valueAt(dict, key);
    },
  ],
  update: [
    'other? **named',
    (dict, [other, named]) =>
      changed(() => {
        for (const [key, value] of [...(other === undefined ? [] : pairsOf(other)), ...pairsOf(named)])
          put(dict, key, value);
      }),
  ],
  values: [
    '',
    (dict) =>
      sequence(
        entriesOf(dict).map(([, value]) => value),
        'dict_values',
      ),
  ],
};
