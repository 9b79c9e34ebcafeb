import { z } from 'zod';
import type { YamlPath } from '../yaml/yaml.js';

/** The keys of an object schema at a path of the data; empty if there is no object. */
export function knownKeys(schema: z.core.$ZodType, path: YamlPath): string[] {
  let current: z.core.$ZodType | undefined = unwrap(schema);
  for (const key of path) current = current && child(current, key);
  return current instanceof z.ZodObject ? Object.keys(current.shape) : [];
}

function child(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  const inner = stepInto(schema, key);
  return inner && unwrap(inner);
}

function stepInto(schema: z.core.$ZodType, key: string | number): z.core.$ZodType | undefined {
  if (schema instanceof z.ZodObject) return (schema.shape as Record<string, z.core.$ZodType>)[key];
  if (schema instanceof z.ZodRecord) return schema.valueType;
  return schema instanceof z.ZodArray ? schema.element : undefined;
}

/** Removes wrappers that don't affect the keys: defaults, optionality, transforms. */
function unwrap(schema: z.core.$ZodType): z.core.$ZodType {
  if (schema instanceof z.ZodPipe) return unwrap(schema.in);
  const wrapped =
    schema instanceof z.ZodDefault || schema instanceof z.ZodPrefault || schema instanceof z.ZodOptional;
  return wrapped ? unwrap(schema.unwrap()) : schema;
}
