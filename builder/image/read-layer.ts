import { createHash, type Hash } from 'node:crypto';
import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { type Digest, digestOf } from '../store/digest.js';
import type { Slice, Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { readTar } from '../tar/tar-reader.js';

const whiteoutPrefix = '.wh.';
const opaqueMarker = '.wh..wh..opq';
/** AUFS's own files, which are skipped. */
const metadataPrefix = '.wh..wh.';

/** A layer whose tar is in the store unchanged, and its entries. */
export interface ReadLayer {
  readonly blob: Digest;
  /** Of the tar, bytes. */
  readonly size: number;
  readonly entries: Entry[];
}

/**
 * Stores an uncompressed layer while it streams. `.wh.` files become whiteouts and opaque directories (OCI image
 * specification, layer.md, "Whiteouts").
 * @throws BuilderError `failed` if it is no tar; then nothing stays in the store
 */
export async function readLayer(stream: Readable, store: Store): Promise<ReadLayer> {
  const writer = store.writer();
  const members = new MemberList();
  try {
    await readTar(stream, {
      raw: (chunk) => writer.write(chunk),
      entry: (entry, size, offset) => members.add(entry, size, offset),
      data: (chunk) => members.data(chunk),
    });
  } catch (error) {
    await Promise.all([writer.abort(), closed(stream)]);
    throw error;
  }
  const { digest, size } = await writer.finish();
  return { blob: digest, size, entries: members.entries(digest) };
}

/** The contents of a layer whose tar is not kept. */
export interface ScannedLayer {
  /** Their contents refer to a tar that need not be in the store. */
  readonly entries: Entry[];
  /** Of the tar, bytes. */
  readonly size: number;
  /** The bytes of the requested files, by path. */
  readonly kept: ReadonlyMap<string, Buffer>;
}

/** Reads an uncompressed layer of a known digest like `readLayer`, but stores nothing. @throws BuilderError `failed` if it is no tar */
export async function scanLayer(
  stream: Readable,
  { diffId, keep }: { readonly diffId: Digest; keep(path: string): boolean },
): Promise<ScannedLayer> {
  const members = new MemberList();
  const parts = new Map<string, Buffer[]>();
  let size = 0;
  let into: Buffer[] | undefined;
  try {
    await readTar(stream, {
      raw: (chunk) => {
        size += chunk.length;
        return Promise.resolve();
      },
      entry: (entry, bytes, offset) => {
        members.add(entry, bytes, offset);
        into = entry.type === 'file' && keep(entry.path) ? [] : undefined;
        if (into !== undefined) parts.set(entry.path, into);
      },
      data: (chunk) => {
        members.data(chunk);
        into?.push(Buffer.from(chunk));
      },
    });
  } catch (error) {
    await closed(stream);
    throw error;
  }
  const kept = new Map([...parts].map(([path, pieces]) => [path, Buffer.concat(pieces)]));
  return { entries: members.entries(diffId), size, kept };
}

/** Collects the members of a tar. */
class MemberList {
  readonly #members: Member[] = [];

  add(entry: Entry, size: number, offset: number): void {
    const hash = entry.type === 'file' ? createHash('sha256') : undefined;
    this.#members.push({ entry, size, offset, hash });
  }

  data(chunk: Buffer): void {
    this.#members.at(-1)?.hash?.update(chunk);
  }

  entries(blob: Digest): Entry[] {
    return asEntries(this.#members, blob);
  }
}

/** Waits until the source of a stream, such as a program, has cleaned up. */
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

/** Converts a `.wh.` file to a whiteout or an opaque folder. */
function hiddenBy({ path, mtime }: Entry, name: string): Entry[] {
  const folder = posix.dirname(path);
  const owner = { uid: 0, gid: 0, mtime };
  if (name === opaqueMarker)
    return [{ path: folder, type: 'directory', mode: 0o755, ...owner, opaque: true }];
  if (name.startsWith(metadataPrefix) || name === whiteoutPrefix) return [];
  const hidden = posix.join(folder, name.slice(whiteoutPrefix.length));
  return [{ path: hidden, type: 'whiteout', mode: 0, ...owner }];
}

/** Hides entries of lower layers, but not those of the same layer, whatever their order in the tar. */
function hide(entry: Entry, entries: Map<string, Entry>): void {
  const own = entries.get(entry.path);
  if (own === undefined) entries.set(entry.path, entry);
  else if (own.type === 'directory') entries.set(entry.path, { ...own, opaque: true });
}

function withContent(entry: Entry, hash: Hash, slice: Slice): Entry {
  const digest: Digest = slice.size === 0 ? digestOf('') : `sha256:${hash.digest('hex')}`;
  return { ...entry, content: { digest, slice } };
}
