import { fileHeader } from '../tar/tar-header.js';
import { decodeName } from '../tar/tar-name.js';

/** A path of a session's root, each byte one character (latin1), without the leading "/". */
export type RawPath = string;

interface ListedPath {
  /** As printed by find: f, d, l, p, s, b, c. */
  readonly type: string;
  /** Differs after any change of the inode: its ctime, and its number unless the path is a directory. */
  readonly stamp: string;
}

/** The paths of a root at one moment. */
export type RootListing = ReadonlyMap<RawPath, ListedPath>;

/** Format of find's output for `parseListing`. */
export const listingFormat = '%y %C@ %i %P\\0';

/** Paths of the engine: its mount points and marker files. */
const engineTraces = ['.dockerenv', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'dev', 'proc', 'sys'];

/** Parses find's output in `listingFormat`, without the root itself and the engine's traces. */
export function parseListing(output: Buffer): RootListing {
  const listing = new Map<RawPath, ListedPath>();
  for (const record of output.toString('latin1').split('\0')) {
    const type = record.slice(0, 1);
    const afterTime = record.indexOf(' ', 2);
    const afterInode = record.indexOf(' ', afterTime + 1);
    const path = record.slice(afterInode + 1);
    if (path === '' || isEngineTrace(path)) continue;
    // On overlay, a directory's inode number may change between lookups.
    listing.set(path, { type, stamp: record.slice(2, type === 'd' ? afterTime : afterInode) });
  }
  return listing;
}

function isEngineTrace(path: RawPath): boolean {
  return engineTraces.some((trace) => path === trace || path.startsWith(`${trace}/`));
}

export interface ListingChanges {
  /** Created or changed, sorted: a directory before its contents. */
  readonly changed: readonly RawPath[];
  /** Removed, sorted, without paths below a path that was removed or is no directory any more. */
  readonly removed: readonly RawPath[];
}

/** The differences between two listings. */
export function compareListings(before: RootListing, after: RootListing): ListingChanges {
  const changed: RawPath[] = [];
  for (const [path, { type, stamp }] of after) {
    const old = before.get(path);
    if (type !== 's' && (old === undefined || old.stamp !== stamp || old.type !== type)) changed.push(path);
  }
  const removed = [...before.keys()].filter((path) => !after.has(path) && isDirectory(after, parentOf(path)));
  return { changed: changed.sort(), removed: removed.sort() };
}

/** `after`, but with paths that changed later than `time` (seconds since 1970) as in `before`: they may still be changing. */
export function settledListing(before: RootListing, after: RootListing, time: number): RootListing {
  const settled = new Map(after);
  const isFresh = (path: RawPath) => Number.parseFloat(after.get(path)?.stamp ?? '0') > time;
  // Parents come first. The contents of a postponed folder are postponed with it, because they must be removed with it.
  for (const path of after.keys()) {
    const folder = parentOf(path);
    const isKnown = folder === '' || settled.has(folder);
    if (isKnown && !isFresh(path)) continue;
    const old = isKnown ? before.get(path) : undefined;
    if (old === undefined) settled.delete(path);
    else settled.set(path, old);
  }
  // A removal changes the time of the parent folder.
  for (const [path, old] of before) if (!after.has(path) && isFresh(parentOf(path))) settled.set(path, old);
  return settled;
}

/** Removes unwanted paths; keeps directories and removals. */
export function wantedChanges(
  { changed, removed }: ListingChanges,
  after: RootListing,
  unwanted: ((path: string) => boolean) | undefined,
): ListingChanges {
  if (unwanted === undefined) return { changed, removed };
  return {
    changed: changed.filter((path) => after.get(path)?.type === 'd' || !unwanted(`/${path}`)),
    removed,
  };
}

function isDirectory(listing: RootListing, path: RawPath): boolean {
  return path === '' || listing.get(path)?.type === 'd';
}

function parentOf(path: RawPath): RawPath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}

/** The tar header of a whiteout for `path` (OCI image specification, layer.md, "Whiteouts"). */
export function whiteoutHeader(path: RawPath): Buffer {
  const slash = path.lastIndexOf('/');
  const name = `${path.slice(0, slash + 1)}.wh.${path.slice(slash + 1)}`;
  return fileHeader(decodeName(Buffer.from(name, 'latin1')), 0);
}
