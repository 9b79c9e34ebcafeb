import { createHash } from 'node:crypto';
import { posix } from 'node:path';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { padding, tarHeader, tarTrailer } from '../tar/tar-header.js';

const readSize = 4 << 20;

/** A whole tar of these entries, in chunks. Names have no leading slash; a whiteout is `.wh.NAME`. */
export function* tarChunks(entries: readonly Entry[], store: Store): Generator<Buffer> {
  yield* entryChunks(entries, store);
  yield tarTrailer;
}

/** Like `tarChunks`, without the end of the tar. */
export function* entryChunks(entries: readonly Entry[], store: Store): Generator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry, memberName(entry));
    if (entry.opaque === true)
      yield tarHeader({ ...entry, type: 'whiteout' }, `${entry.path.slice(1)}/.wh..wh..opq`);
    if (entry.type !== 'file' || entry.content === undefined || entry.content.slice.size === 0) continue;
    yield* contentChunks(entry.content, store);
    yield padding(entry.content.slice.size);
  }
}

/** A file's bytes, verified: damaged contents of the cache must not get into a layer. */
function* contentChunks({ digest, slice }: NonNullable<Entry['content']>, store: Store): Generator<Buffer> {
  const { blob, offset, size } = slice;
  const hash = createHash('sha256');
  for (let at = 0; at < size; at += readSize) {
    const bytes = store.read({ blob, offset: offset + at, size: Math.min(readSize, size - at) });
    hash.update(bytes);
    yield bytes;
  }
  if (`sha256:${hash.digest('hex')}` !== digest) store.damaged(blob);
}

function memberName({ path, type }: Entry): string {
  if (path === '/') return './';
  if (type === 'directory') return `${path.slice(1)}/`;
  if (type !== 'whiteout') return path.slice(1);
  return posix.join(posix.dirname(path), `.wh.${posix.basename(path)}`).slice(1);
}
