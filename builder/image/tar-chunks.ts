import { posix } from 'node:path';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { padding, tarHeader, tarTrailer } from '../tar/tar-header.js';

const readSize = 4 << 20;

/** The bytes of a whole tar of these entries, in chunks. Members are named without a leading slash; a whiteout is `.wh.NAME`. */
export function* tarChunks(entries: readonly Entry[], store: Store): Generator<Buffer> {
  yield* entryChunks(entries, store);
  yield tarTrailer;
}

/** As `tarChunks`, without what ends a tar. */
export function* entryChunks(entries: readonly Entry[], store: Store): Generator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry, memberName(entry));
    if (entry.opaque === true)
      yield tarHeader({ ...entry, type: 'whiteout' }, `${entry.path.slice(1)}/.wh..wh..opq`);
    const slice = entry.type === 'file' ? entry.content?.slice : undefined;
    if (slice === undefined || slice.size === 0) continue;
    for (let at = 0; at < slice.size; at += readSize)
      yield store.read({
        blob: slice.blob,
        offset: slice.offset + at,
        size: Math.min(readSize, slice.size - at),
      });
    yield padding(slice.size);
  }
}

function memberName({ path, type }: Entry): string {
  if (path === '/') return './';
  if (type === 'directory') return `${path.slice(1)}/`;
  if (type !== 'whiteout') return path.slice(1);
  return posix.join(posix.dirname(path), `.wh.${posix.basename(path)}`).slice(1);
}
