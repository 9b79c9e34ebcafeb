import { createHash, type Hash } from 'node:crypto';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { type Digest, digestOf } from '../store/digest.js';
import type { Slice, Store } from '../store/store.js';
import type { Entry } from './entry.js';
import { readTar } from './tar-reader.js';

const whiteoutPrefix = '.wh.';
const opaqueMarker = '.wh..wh..opq';
/** Of AUFS's own files, which are nobody's business. */
const metadataPrefix = '.wh..wh.';

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
    await Promise.all([writer.abort(), closed(stream)]);
    throw error;
  }
  const { digest, size } = await writer.finish();
  return { blob: digest, size, entries: asEntries(members, digest) };
}

/** What makes the stream may have to clean up, such as a program that runs: that is waited for. */
function closed(stream: Readable): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) return resolve();
    stream.on('error', () => undefined).once('close', resolve);
    stream.destroy();
  });
}

interface Member {
  readonly entry: Entry;
  readonly size: number;
  readonly offset: number;
  readonly hash: Hash | undefined;
}

function asEntries(members: readonly Member[], blob: Digest): Entry[] {
  const entries = new Map<string, Entry>();
  for (const { entry, size, offset, hash } of members) {
    const name = posix.basename(entry.path);
    if (name.startsWith(whiteoutPrefix)) for (const hidden of hiddenBy(entry, name)) hide(hidden, entries);
    else {
      const own = hash === undefined ? entry : withContent(entry, hash, { blob, offset, size });
      const before = entries.get(own.path);
      const hides = before?.type === 'whiteout' || before?.opaque === true;
      entries.set(own.path, hides && own.type === 'directory' ? { ...own, opaque: true } : own);
    }
  }
  return [...entries.values()];
}

/** What a `.wh.` file stands for: a whiteout, or a folder that hides all below it. */
function hiddenBy({ path, mtime }: Entry, name: string): Entry[] {
  const folder = posix.dirname(path);
  const owner = { uid: 0, gid: 0, mtime };
  if (name === opaqueMarker)
    return [{ path: folder, type: 'directory', mode: 0o755, ...owner, opaque: true }];
  if (name.startsWith(metadataPrefix) || name === whiteoutPrefix) return [];
  const hidden = posix.join(folder, name.slice(whiteoutPrefix.length));
  return [{ path: hidden, type: 'whiteout', mode: 0, ...owner }];
}

/** Hides what lower layers have; what the same layer has stays, wherever in the tar it stands. */
function hide(entry: Entry, entries: Map<string, Entry>): void {
  const own = entries.get(entry.path);
  if (own === undefined) entries.set(entry.path, entry);
  else if (own.type === 'directory') entries.set(entry.path, { ...own, opaque: true });
}

function withContent(entry: Entry, hash: Hash, slice: Slice): Entry {
  const digest: Digest = slice.size === 0 ? digestOf('') : `sha256:${hash.digest('hex')}`;
  return { ...entry, content: { digest, slice } };
}
