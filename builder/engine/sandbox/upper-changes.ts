import { type ListingChanges, type RawPath, type RootListing, settledListing } from '../root-listing.js';

/** Paths of the layers below an upper directory. */
export interface LowerPaths {
  has(path: RawPath): boolean;
  /** All paths below a directory, without itself. */
  below(path: RawPath): Iterable<RawPath>;
}

/** The contents of an overlay's upper directory at one moment. */
export interface UpperState {
  readonly listing: RootListing;
  /** The whiteouts among the listed paths. */
  readonly whiteouts: ReadonlySet<RawPath>;
  /** Directories that hide the contents of lower layers. */
  readonly opaque: ReadonlySet<RawPath>;
}

export const emptyUpper: UpperState = { listing: new Map(), whiteouts: new Set(), opaque: new Set() };

/**
 * Returns `after`, but with entries that changed later than `time` as they were in `before`. This includes a folder that
 * was replaced by a new one, because its change depends on all of its contents.
 */
export function settledUpper(before: UpperState, after: UpperState, time: number): UpperState {
  const marked = new Map(after.listing);
  for (const path of after.opaque) {
    const found = marked.get(path);
    if (found !== undefined && !before.opaque.has(path)) marked.set(path, { ...found, stamp: 'Infinity' });
  }
  const listing = settledListing(before.listing, marked, time);
  const pick = (kind: 'whiteouts' | 'opaque') =>
    new Set(
      [...listing].flatMap(([path, entry]) => {
        const from = entry === after.listing.get(path) ? after : before;
        return from[kind].has(path) ? [path] : [];
      }),
    );
  return { listing, whiteouts: pick('whiteouts'), opaque: pick('opaque') };
}

/** Returns the changes of a root between two states of its upper directory, the same as a comparison of the whole root. */
export function compareUppers(before: UpperState, after: UpperState, lower: LowerPaths): ListingChanges {
  const changed: RawPath[] = [];
  for (const [path, { type, stamp }] of after.listing) {
    if (type === 's' || after.whiteouts.has(path)) continue;
    const old = before.listing.get(path);
    if (old === undefined || old.stamp !== stamp || old.type !== type) changed.push(path);
  }
  const gone = [...candidates(before, after, lower)].filter(
    (path) => exists(before, path, lower) && !exists(after, path, lower) && isInDirectory(after, path, lower),
  );
  return { changed: changed.sort(), removed: [...new Set(gone)].sort() };
}

/** All paths that may have been removed. */
function* candidates(before: UpperState, after: UpperState, lower: LowerPaths): Generator<RawPath> {
  for (const path of before.listing.keys()) if (!after.listing.has(path)) yield path;
  for (const path of after.whiteouts) if (!before.whiteouts.has(path)) yield path;
  for (const path of after.opaque) {
    yield* lower.below(path);
    for (const old of before.listing.keys()) if (old.startsWith(`${path}/`)) yield old;
  }
}

function exists(upper: UpperState, path: RawPath, lower: LowerPaths): boolean {
  if (upper.listing.has(path)) return !upper.whiteouts.has(path);
  for (let folder = parentOf(path); folder !== ''; folder = parentOf(folder)) {
    const type = upper.listing.get(folder)?.type;
    if ((type !== undefined && type !== 'd') || upper.opaque.has(folder)) return false;
  }
  return lower.has(path);
}

/** Names only the top of a removed tree. */
function isInDirectory(upper: UpperState, path: RawPath, lower: LowerPaths): boolean {
  const folder = parentOf(path);
  if (folder === '') return true;
  const type = upper.listing.get(folder)?.type;
  return type === undefined ? exists(upper, folder, lower) : type === 'd';
}

function parentOf(path: RawPath): RawPath {
  return path.slice(0, Math.max(0, path.lastIndexOf('/')));
}
