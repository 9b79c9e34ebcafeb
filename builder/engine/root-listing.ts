import { fileHeader } from '../tar/tar-header.js';
import { decodeName } from '../tar/tar-name.js';

/** A path of a session's root, each byte one character (latin1), without the leading "/". */
export type RawPath = string;

interface ListedPath {
  /** As find prints it: f, d, l, p, s, b, c. */
  readonly type: string;
  /** Changes whenever the inode does: time of its last change, and its number where that means something. */
  readonly stamp: string;
}

/** What the root held at one moment. */
export type RootListing = ReadonlyMap<RawPath, ListedPath>;

/** What find is to print, for `parseListing`. */
export const listingFormat = '%y %C@ %i %P\\0';

/** Paths that belong to the engine: it mounts something there, or leaves them as its mark. */
const engineTraces = ['.dockerenv', 'etc/hosts', 'etc/hostname', 'etc/resolv.conf', 'dev', 'proc', 'sys'];

/** Reads find's output in `listingFormat`, without the root itself and the engine's traces. */
export function parseListing(output: Buffer): RootListing {
  const listing = new Map<RawPath, ListedPath>();
  for (const record of output.toString('latin1').split('\0')) {
    const type = record.slice(0, 1);
    const afterTime = record.indexOf(' ', 2);
    const afterInode = record.indexOf(' ', afterTime + 1);
    const path = record.slice(afterInode + 1);
    if (path === '' || isEngineTrace(path)) continue;
    // The number of a directory's inode may change on overlay when it is looked up anew.
    listing.set(path, { type, stamp: record.slice(2, type === 'd' ? afterTime : afterInode) });
  }
  return listing;
}

function isEngineTrace(path: RawPath): boolean {
  return engineTraces.some((trace) => path === trace || path.startsWith(`${trace}/`));
}

export interface ListingChanges {
  /** Made or changed, sorted: a directory before what it holds. */
  readonly changed: readonly RawPath[];
  /** Gone, sorted; what was below a path that is gone, or that is no directory any more, is not named. */
  readonly removed: readonly RawPath[];
}

/** What happened between two listings. */
export function compareListings(before: RootListing, after: RootListing): ListingChanges {
  const changed: RawPath[] = [];
  for (const [path, { type, stamp }] of after) {
    const old = before.get(path);
    if (type !== 's' && (old === undefined || old.stamp !== stamp || old.type !== type)) changed.push(path);
  }
  const removed = [...before.keys()].filter((path) => !after.has(path) && isDirectory(after, parentOf(path)));
  return { changed: changed.sort(), removed: removed.sort() };
}

/** `after`, but what changed later than `time` (seconds since 1970) as it was `before`: something may still be at work on it. */
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

/** The tar header of the file that says in a layer that `path` is gone (OCI image specification, layer.md, "Whiteouts"). */
export function whiteoutHeader(path: RawPath): Buffer {
  const slash = path.lastIndexOf('/');
  const name = `${path.slice(0, slash + 1)}.wh.${path.slice(slash + 1)}`;
  return fileHeader(decodeName(Buffer.from(name, 'latin1')), 0);
}
