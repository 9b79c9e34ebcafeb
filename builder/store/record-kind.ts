import { z } from 'zod';
import type { Digest } from './digest.js';

/** A kind of record: its folder and the type of its contents. */
export interface RecordKind<T> {
  /** The folder below `records/`. */
  readonly name: string;
  /** Returns the record; undefined if it is invalid, as when another version of platen wrote it. */
  parse(value: unknown): T | undefined;
}

/** A kind of records with a schema. */
export function recordKind<T>(name: string, schema: z.ZodType<T>): RecordKind<T> {
  return { name, parse: (value) => schema.safeParse(value, { jitless: true }).data };
}

/** A digest in a record or document. */
export const digestSchema = z.custom<Digest>(
  (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  'must be sha256: and 64 hexadecimal digits',
);
