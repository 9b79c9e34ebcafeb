import type { Entry } from './entry.js';
import { type Digest, digestOf } from '../store/digest.js';

/** Digest of what entries do: their order, and where their contents lie, do not count. */
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
 * What several fragments do one after the other, as one layer: the later wins, what a whiteout hid is gone, and the
 * whiteout stays, since a lower layer may have the path. Sorted by path, parents first.
 */
export function mergeEntries(fragments: readonly (readonly Entry[])[]): Entry[] {
  const merged = new Map<string, Entry>();
  for (const fragment of fragments) for (const entry of sorted(fragment)) mergeOne(merged, entry);
  return sorted([...merged.values()]);
}

function mergeOne(merged: Map<string, Entry>, entry: Entry): void {
  const before = merged.get(entry.path);
  const hidesBelow = entry.type !== 'directory' || entry.opaque === true;
  if (hidesBelow && (before === undefined || before.type === 'directory')) {
    const prefix = `${entry.path}/`;
    if (before !== undefined || entry.type === 'whiteout')
      for (const path of merged.keys()) if (path.startsWith(prefix)) merged.delete(path);
  }
  detachLinks(merged, entry);
  const remade = entry.type === 'directory' && (before?.type === 'whiteout' || before?.opaque === true);
  merged.set(entry.path, remade ? { ...entry, opaque: true } : entry);
}

/** Hardlinks to a file that is replaced keep what the file was: the first of them becomes that file. */
function detachLinks(merged: Map<string, Entry>, entry: Entry): void {
  const before = merged.get(entry.path);
  if (before?.type !== 'file') return;
  let heir: string | undefined;
  for (const [path, link] of merged) {
    if (link.type !== 'hardlink' || link.target !== entry.path) continue;
    merged.set(path, heir === undefined ? { ...before, path } : { ...link, target: heir });
    heir ??= path;
  }
}

function sorted(entries: readonly Entry[]): Entry[] {
  return [...entries].sort((a, b) => compare(sortKey(a), sortKey(b)) || compare(a.path, b.path));
}

/** Hardlinks come after everything else of the layer, so after their targets. */
function sortKey({ type }: Entry): number {
  return type === 'hardlink' ? 1 : 0;
}

function compare(a: string | number, b: string | number): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
