import { z } from 'zod';
import type { Digest } from './digest.js';

/** A kind of record: where records of it lie, and what is in one. */
export interface RecordKind<T> {
  /** The folder below `records/`. */
  readonly name: string;
  /** What was read, where it is such a record; undefined for all else, as other versions of platen may have left: it counts as absent. */
  parse(value: unknown): T | undefined;
}

/** A kind whose records are what a schema says. */
export function recordKind<T>(name: string, schema: z.ZodType<T>): RecordKind<T> {
  return { name, parse: (value) => schema.safeParse(value, { jitless: true }).data };
}

/** A digest in a record or document. */
export const digestSchema = z.custom<Digest>(
  (value) => typeof value === 'string' && /^sha256:[0-9a-f]{64}$/.test(value),
  'must be sha256: and 64 hexadecimal digits',
);
