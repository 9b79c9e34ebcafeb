import { type FoundBlob, type FoundRecord, namedBlobs, surveyCache } from './survey-cache.js';

/** Records of one kind, and the blobs that they name; several kinds may name the same blob. */
export interface KindCount {
  readonly records: number;
  readonly blobs: number;
  /** Of the blobs. */
  readonly bytes: number;
  /** ISO 8601; the last use of the least recently used record. */
  readonly oldestUse: string;
  readonly newestUse: string;
}

/** Statistics of a cache. */
export interface CacheStats {
  /** Absolute path. */
  readonly folder: string;
  readonly records: number;
  readonly blobs: number;
  /** Of blobs and records. */
  readonly bytes: number;
  readonly kinds: Readonly<Record<string, KindCount>>;
  /** Blobs that no record names: from finished images and failed builds. */
  readonly unnamed: { readonly blobs: number; readonly bytes: number };
}

/** Counts what is in the cache at `folder`. */
export function cacheStats(folder: string): CacheStats {
  const { records, blobs } = surveyCache(folder);
  const kinds = [...new Set(records.map(({ kind }) => kind))].sort();
  const named = namedBlobs(records, blobs);
  const all = sum(blobs.values());
  return {
    folder,
    records: records.length,
    blobs: blobs.size,
    bytes: all + sum(records),
    kinds: Object.fromEntries(
      kinds.map((kind) => [
        kind,
        countKind(
          records.filter((record) => record.kind === kind),
          blobs,
        ),
      ]),
    ),
    unnamed: { blobs: blobs.size - named.size, bytes: all - sum(named.values()) },
  };
}

function countKind(records: readonly FoundRecord[], blobs: ReadonlyMap<string, FoundBlob>): KindCount {
  const named = namedBlobs(records, blobs);
  const uses = records.map(({ used }) => used).sort((a, b) => a - b);
  return {
    records: records.length,
    blobs: named.size,
    bytes: sum(named.values()),
    oldestUse: new Date(uses[0] ?? 0).toISOString(),
    newestUse: new Date(uses.at(-1) ?? 0).toISOString(),
  };
}

function sum(sized: Iterable<{ readonly size: number }>): number {
  let total = 0;
  for (const { size } of sized) total += size;
  return total;
}
