import { type Dirent, type Stats, readFileSync, readdirSync, statSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** A blob in the cache. */
export interface FoundBlob {
  /** Absolute. */
  readonly path: string;
  readonly size: number;
  /** When it was written, milliseconds since 1970. */
  readonly made: number;
}

export interface FoundRecord {
  readonly path: string;
  readonly kind: string;
  readonly size: number;
  /** Time of the last use, to the hour; 0 for a useless record, which is not JSON. */
  readonly used: number;
  /** The 64 digits of every digest in the record, which include those of all blobs that it needs. */
  readonly names: readonly string[];
}

export interface CacheSurvey {
  /** By the 64 digits of their digests. */
  readonly blobs: ReadonlyMap<string, FoundBlob>;
  readonly records: readonly FoundRecord[];
}

/** Lists everything in the cache at `folder`, except files that vanish meanwhile. Returns nothing if there is no cache. */
export function surveyCache(folder: string): CacheSurvey {
  const blobs = new Map<string, FoundBlob>();
  for (const [path, { size, mtimeMs }] of filesBelow(join(folder, 'blobs', 'sha256')))
    blobs.set(path.slice(-64), { path, size, made: mtimeMs });
  const root = join(folder, 'records');
  const records = [...filesBelow(root)].flatMap(([path, found]) => {
    const [kind = ''] = relative(root, path).split(sep);
    const text = textOf(path);
    if (text === undefined) return [];
    const names = [...new Set(text.match(/(?<=sha256:)[0-9a-f]{64}/g))];
    return [{ path, kind, size: found.size, used: isJson(text) ? found.mtimeMs : 0, names }];
  });
  return { blobs, records };
}

/** The blobs that records name. */
export function namedBlobs(
  records: readonly FoundRecord[],
  blobs: ReadonlyMap<string, FoundBlob>,
): Map<string, FoundBlob> {
  const named = new Map<string, FoundBlob>();
  for (const name of records.flatMap(({ names }) => names)) {
    const blob = blobs.get(name);
    if (blob !== undefined) named.set(name, blob);
  }
  return named;
}

function* filesBelow(folder: string): Generator<[path: string, Stats]> {
  for (const entry of entriesOf(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) yield* filesBelow(path);
    else {
      const found = statSync(path, { throwIfNoEntry: false });
      if (found !== undefined) yield [path, found];
    }
  }
}

function entriesOf(folder: string): Dirent[] {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function textOf(path: string): string | undefined {
  try {
    return readFileSync(path, 'latin1');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
