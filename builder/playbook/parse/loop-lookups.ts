import { lookups } from '../task/loop-items.js';

/** What may stand after `with_`. */
export const loopLookups: readonly string[] = [...Object.keys(lookups), 'first_found'];
