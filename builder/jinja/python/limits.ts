import { TemplateError } from '../template-error.js';

/** No template needs more, and none may use up the memory. */
const MAX_LENGTH = 16 * 1024 * 1024;
export const MAX_ITEMS = 1_000_000;

/** @returns the length, not below zero @throws TemplateError where something would become too large */
export function within(length: number, limit = MAX_LENGTH): number {
  if (length > limit) throw new TemplateError(`This would be too large (${length}; the limit is ${limit})`);
  return Math.max(0, length);
}

/** An integer of the smaller kind. */
export function narrowed(value: bigint): number | bigint {
  const small = Number(value);
  return Number.isSafeInteger(small) ? small : value;
}
