import type { Entry } from '../tar/entry.js';
import { MergingTree } from './merging-tree.js';
import { type Digest, digestOf } from '../store/digest.js';

/** Digest of the effect of entries, independent of their order and of where their contents are stored. */
export function fragmentDigest(entries: readonly Entry[]): Digest {
  const lines = entries.map(({ content, xattrs, ...rest }) => {
    const { path, type, mode, uid, gid, mtime, target, device, opaque } = rest;
    return JSON.stringify([
      path,
      type,
      mode,
      uid,
      gid,
      mtime,
      target,
      device,
      opaque,
      content?.digest,
      xattrs,
    ]);
  });
  return digestOf(lines.sort().join('\n'));
}

/**
 * Merges consecutive fragments into one layer: later entries win, hidden ones are dropped, but whiteouts stay, because a lower
 * layer may have the path. Sorted by path, parents first.
 */
export function mergeEntries(fragments: readonly (readonly Entry[])[]): Entry[] {
  const merging = new MergingTree();
  for (const fragment of fragments) for (const entry of sorted(fragment)) merging.add(entry);
  return sorted(merging.entries());
}

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => compare(sortKey(a), sortKey(b)) || compare(a.path, b.path));
}

/** Sorts hardlinks last, and so after their targets. */
function sortKey({ type }: Entry): number {
  return type === 'hardlink' ? 1 : 0;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
