import { lookups } from '../task/loop-items.js';

/** Lookups that `with_…` can name. */
export const loopLookups: readonly string[] = [...Object.keys(lookups), 'first_found'];
