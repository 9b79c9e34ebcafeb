import { join } from 'node:path';
import { countUnpacked } from '../engine/sandbox/sandbox-prune.js';
import { cacheStats, type CacheStats } from '../store/cache-stats.js';

/** What a cache holds, of the content store and of the layers that the sandbox unpacked from it. */
export interface WholeStats extends CacheStats {
  readonly sandbox: { readonly layers: number; readonly bytes: number };
}

/** Counts what is in the cache at `folder`. */
export function countAll(folder: string): WholeStats {
  return { ...cacheStats(folder), sandbox: countUnpacked(join(folder, 'sandbox')) };
}
