import type { Place, Places } from './yaml-conversion.js';
import type { ParsedYaml } from './yaml.js';

/** Parsed YAML in a form that JSON can hold. */
export interface YamlRecord {
  readonly data: unknown;
  readonly top: number;
  /** Offsets of key and value of every member of every object and array, in depth-first order; -1 if unknown. */
  readonly offsets: readonly number[];
}

/** The record of a parsed text; undefined if JSON would change the data (floats with their own class, `.inf`). */
export function yamlRecord({ data, places, top }: ParsedYaml): YamlRecord | undefined {
  const offsets: number[] = [];
  const whole = walk(data, (object, key) => {
    const { key: name, value } = places.get(object)?.get(key) ?? { key: -1, value: -1 };
    offsets.push(name, value);
  });
  return whole ? { data, top, offsets } : undefined;
}

/** Restores parsed YAML from its record. */
export function restoreYaml({ data, top, offsets }: YamlRecord): ParsedYaml {
  const places = new WeakMap<object, Map<string | number, Place>>();
  let next = 0;
  walk(data, (object, key) => {
    const place = { key: offsets[next] ?? -1, value: offsets[next + 1] ?? -1 };
    next += 2;
    if (place.key >= 0) memberPlaces(places, object).set(key, place);
  });
  return { data, top, places: places as WeakMap<object, Places> };
}

function memberPlaces(
  places: WeakMap<object, Map<string | number, Place>>,
  object: object,
): Map<string | number, Place> {
  const known = places.get(object) ?? new Map<string | number, Place>();
  places.set(object, known);
  return known;
}

/** Visits every member of every object and array; returns whether JSON would preserve all data. */
function walk(value: unknown, visit: (object: object, key: string | number) => void): boolean {
  if (typeof value === 'number') return Number.isFinite(value) && !Object.is(value, -0);
  if (typeof value !== 'object' || value === null) return value !== undefined;
  if (Array.isArray(value))
    return value.every((item, index) => {
      visit(value, index);
      return walk(item, visit);
    });
  if (Object.getPrototypeOf(value) !== Object.prototype) return false;
  return Object.entries(value).every(([key, item]) => {
    visit(value, key);
    return walk(item, visit);
  });
}
