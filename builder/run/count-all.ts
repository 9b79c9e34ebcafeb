import { join } from 'node:path';
import { countUnpacked } from '../engine/sandbox/sandbox-prune.js';
import { cacheStats, type CacheStats } from '../store/cache-stats.js';

/** Statistics of a cache: the content store, and the layers that the sandbox unpacked. */
export interface WholeStats extends CacheStats {
  readonly sandbox: { readonly layers: number; readonly bytes: number };
}

/** Counts what is in the cache at `folder`. */
export function countAll(folder: string): WholeStats {
  return { ...cacheStats(folder), sandbox: countUnpacked(join(folder, 'sandbox')) };
}
