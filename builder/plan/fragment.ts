import { fragmentDigest } from '../image/merge-entries.js';
import type { Digest } from '../store/digest.js';
import type { Entry } from '../tar/entry.js';

/** A fragment of these entries. */
export function fragmentOf(entries: readonly Entry[]): Fragment {
  const bytes = entries.reduce((sum, entry) => sum + (entry.content?.slice.size ?? 0), 0);
  return { digest: fragmentDigest(entries), bytes, count: entries.length, entries: () => entries };
}

/** The changes of one step (or the base) to a root. */
export interface Fragment {
  /** Digest of its canonical entries: equal digests mean equal effects. */
  readonly digest: Digest;
  /** Size of the file contents, bytes. */
  readonly bytes: number;
  /** Number of entries; 0 for a fragment without changes. */
  readonly count: number;
  entries(): readonly Entry[];
}
