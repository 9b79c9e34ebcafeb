import { TemplateError } from '../template-error.js';

/** Guards against templates that exhaust the memory. */
const MAX_LENGTH = 16 * 1024 * 1024;
export const MAX_ITEMS = 1_000_000;

/** @returns the length, not below zero @throws TemplateError if it is above the limit */
export function within(length: number, limit = MAX_LENGTH): number {
  if (length > limit) throw new TemplateError(`This would be too large (${length}; the limit is ${limit})`);
  return Math.max(0, length);
}

/** Converts to a number if it is safe. */
export function narrowed(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
