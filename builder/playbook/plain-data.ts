import type { Json } from '../json.js';
import { OMIT } from '../jinja/templar.js';
import { isMapping } from './parse/parsing.js';

/** Converts to JSON, without values that JSON can't express. */
export function toJson(value: unknown): Json {
  return value === undefined ? null : (JSON.parse(JSON.stringify(value) ?? 'null') as Json);
}

/** Removes values templated to `omit`, at any depth of mappings and lists. */
export function withoutOmitted(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((item) => item !== OMIT).map(withoutOmitted);
  if (!isMapping(value)) return value;
  const kept = Object.entries(value).filter(([, item]) => item !== OMIT);
  return Object.fromEntries(kept.map(([key, item]) => [key, withoutOmitted(item)]));
}
