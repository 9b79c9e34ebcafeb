import { posix } from 'node:path';
import { promisify } from 'node:util';
import { gzip } from 'node:zlib';
import { type Digest, digestOf } from '../store/digest.js';
import type { BlobWriter, Store } from '../store/store.js';
import type { Entry } from './entry.js';
import { padding, tarHeader } from './tar-header.js';

const compress = promisify(gzip);
/** Raised when the bytes of a layer made of the same entries change. */
const layerFormat = 1;
/** Pieces of this size are compressed side by side, each a gzip member of its own (RFC 1952, 2.2). */
const pieceSize = 4 << 20;
const piecesAtOnce = 4;

/** A finished layer: its tar and its gzip are both in the store. */
export interface Layer {
  /** Of the tar. */
  readonly diffId: Digest;
  /** Of the tar, bytes. */
  readonly size: number;
  /** Of the gzip. */
  readonly digest: Digest;
  readonly compressedSize: number;
}

/** How a layer is compressed; part of its key. */
export interface Compression {
  /** zlib's, 1 to 9. */
  readonly level: number;
}

/** The layer made before of fragments with these digests; undefined when it is not in the store (any more). */
export function findLayer(key: Digest, store: Store): Layer | undefined {
  const layer = store.record('layer', key.slice('sha256:'.length)) as Layer | undefined;
  return layer?.diffId !== undefined && store.has(layer.diffId) && store.has(layer.digest)
    ? layer
    : undefined;
}

/** What a layer depends on: the fragments that it is merged from, in order, and the compression. */
export function layerKey(fragments: readonly Digest[], compression: Compression): Digest {
  return digestOf(JSON.stringify([layerFormat, 'gzip', compression.level, fragments]));
}

/**
 * Writes entries (as `mergeEntries` gives them) as a deterministic tar and its gzip, compressed on other threads while
 * the tar is written, and keeps the layer under `key`.
 */
export async function writeLayer(
  entries: readonly Entry[],
  store: Store,
  { key, compression }: { key: Digest; compression: Compression },
): Promise<Layer> {
  const tar = store.writer();
  const zipped = new GzipPieces(store.writer(), compression.level);
  try {
    for await (const chunk of tarChunks(entries, store)) {
      await tar.write(chunk);
      await zipped.write(chunk);
    }
    const { digest: diffId, size } = await tar.finish();
    const { digest, size: compressedSize } = await zipped.finish();
    const layer = { diffId, size, digest, compressedSize };
    store.setRecord('layer', key.slice('sha256:'.length), layer);
    return layer;
  } catch (error) {
    await Promise.all([tar.abort(), zipped.abort()]);
    throw error;
  }
}

/** The bytes of the tar, in chunks. Members are named without a leading slash; a whiteout is `.wh.NAME`. */
export async function* tarChunks(entries: readonly Entry[], store: Store): AsyncGenerator<Buffer> {
  for (const entry of entries) {
    yield tarHeader(entry, memberName(entry));
    if (entry.opaque === true)
      yield tarHeader({ ...entry, type: 'whiteout' }, `${entry.path.slice(1)}/.wh..wh..opq`);
    const slice = entry.type === 'file' ? entry.content?.slice : undefined;
    if (slice === undefined || slice.size === 0) continue;
    for (let at = 0; at < slice.size; at += pieceSize)
      yield store.read({
        blob: slice.blob,
        offset: slice.offset + at,
        size: Math.min(pieceSize, slice.size - at),
      });
    yield padding(slice.size);
  }
  yield Buffer.alloc(1024);
}

function memberName({ path, type }: Entry): string {
  if (path === '/') return './';
  if (type === 'directory') return `${path.slice(1)}/`;
  if (type !== 'whiteout') return path.slice(1);
  return posix.join(posix.dirname(path), `.wh.${posix.basename(path)}`).slice(1);
}

class GzipPieces {
  readonly #writer: BlobWriter;
  readonly #level: number;
  #parts: Buffer[] = [];
  #size = 0;
  #running: Promise<Buffer>[] = [];

  constructor(writer: BlobWriter, level: number) {
    this.#writer = writer;
    this.#level = level;
  }

  async write(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + pieceSize - this.#size);
      this.#parts.push(part);
      this.#size += part.length;
      at += part.length;
      if (this.#size === pieceSize) await this.#start();
    }
  }

  async finish(): Promise<{ digest: Digest; size: number }> {
    if (this.#size > 0) await this.#start();
    while (this.#running.length > 0) await this.#drainOne();
    return this.#writer.finish();
  }

  async abort(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#writer.abort();
  }

  async #start(): Promise<void> {
    this.#running.push(compress(Buffer.concat(this.#parts), { level: this.#level }));
    this.#parts = [];
    this.#size = 0;
    if (this.#running.length >= piecesAtOnce) await this.#drainOne();
  }

  async #drainOne(): Promise<void> {
    const piece = this.#running.shift();
    if (piece !== undefined) await this.#writer.write(await piece);
  }
}
