import { createHash, type Hash } from 'node:crypto';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { type Digest, digestOf } from '../store/digest.js';
import type { Slice, Store } from '../store/store.js';
import type { Entry } from './entry.js';
import { readTar } from './tar-reader.js';

const whiteoutPrefix = '.wh.';
const opaqueMarker = '.wh..wh..opq';

/** A layer that lies in the store as the tar that came, and what is in it. */
export interface ReadLayer {
  readonly blob: Digest;
  /** Of the tar, bytes. */
  readonly size: number;
  readonly entries: Entry[];
}

/**
 * Reads an uncompressed layer into the store while it streams. `.wh.` files become whiteouts and opaque directories
 * (OCI image specification, layer.md, "Whiteouts").
 * @throws BuilderError `failed` for what is no tar; nothing is left in the store then
 */
export async function readLayer(stream: Readable, store: Store): Promise<ReadLayer> {
  const writer = store.writer();
  const members: Member[] = [];
  try {
    await readTar(stream, {
      raw: (chunk) => writer.write(chunk),
      entry: (entry, size, offset) => {
        members.push({ entry, size, offset, hash: entry.type === 'file' ? createHash('sha256') : undefined });
      },
      data: (chunk) => void members.at(-1)?.hash?.update(chunk),
    });
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const { digest, size } = await writer.finish();
  return { blob: digest, size, entries: asEntries(members, digest) };
}

interface Member {
  readonly entry: Entry;
  readonly size: number;
  readonly offset: number;
  readonly hash: Hash | undefined;
}

function asEntries(members: readonly Member[], blob: Digest): Entry[] {
  const entries = new Map<string, Entry>();
  const opaque = new Set<string>();
  for (const { entry, size, offset, hash } of members) {
    const name = posix.basename(entry.path);
    const folder = posix.dirname(entry.path);
    if (name === opaqueMarker) opaque.add(folder);
    else if (name.startsWith(whiteoutPrefix)) {
      const path = posix.join(folder, name.slice(whiteoutPrefix.length));
      entries.set(path, { path, type: 'whiteout', mode: 0, uid: 0, gid: 0, mtime: entry.mtime });
    } else
      entries.set(entry.path, hash === undefined ? entry : withContent(entry, hash, { blob, offset, size }));
  }
  for (const path of opaque) {
    const directory = entries.get(path);
    if (directory?.type === 'directory') entries.set(path, { ...directory, opaque: true });
  }
  return [...entries.values()];
}

function withContent(entry: Entry, hash: Hash, slice: Slice): Entry {
  const digest: Digest = slice.size === 0 ? digestOf('') : `sha256:${hash.digest('hex')}`;
  return { ...entry, content: { digest, slice } };
}
