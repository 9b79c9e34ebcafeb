import { type Digest, digestOf } from '../store/digest.js';
import { recordKind } from '../store/record-kind.js';
import type { BlobWriter, Store } from '../store/store.js';
import type { CompressAhead } from './compression/compress-ahead.js';
import type { Entry } from '../tar/entry.js';
import { gzipMember, memberChunks } from './compression/gzip-members.js';
import type { StoredLayer } from './layer.js';
import { layerPieces } from './compression/layer-pieces.js';
import { tarTrailer } from '../tar/tar-header.js';
import { isWhole, layerRecord, layerSchema, storedLayer } from './stored-layer.js';
import { entryChunks } from './tar-chunks.js';

/** Raised when the bytes of a layer made of the same entries change. */
const layerFormat = 3;
const membersAtOnce = 4;

const layerRecords = recordKind('layer', layerSchema);

/** How a layer is compressed; part of its key. */
export interface Compression {
  /** zlib's, 1 to 9. */
  readonly level: number;
}

/** The layer made before of fragments with these digests; undefined when it is not in the store (any more), or cut short. */
export function findLayer(key: Digest, store: Store): StoredLayer | undefined {
  const record = store.record(layerRecords, key.slice('sha256:'.length));
  return record !== undefined && isWhole(record, store) ? storedLayer(record, store) : undefined;
}

/** Keeps a layer that is in the store for `findLayer`. */
export function rememberLayer(key: Digest, layer: StoredLayer, store: Store): void {
  store.setRecord(layerRecords, key.slice('sha256:'.length), layerRecord(layer));
}

/**
 * What a layer depends on: the fragments that it is merged from, in order, and the compression. Versions of zlib, of which each
 * version of Node.js brings its own, compress the same tar to other bytes.
 */
export function layerKey(
  fragments: readonly Digest[],
  compression: Compression,
  // oxlint-disable-next-line no-restricted-globals -- says nothing of the process: it is a constant of the program
  zlib = process.versions.zlib,
): Digest {
  return digestOf(JSON.stringify([layerFormat, `gzip by zlib ${zlib}`, compression.level, fragments]));
}

interface LayerOptions {
  readonly key: Digest;
  readonly compression: Compression;
  /** Where pieces may be compressed already. */
  readonly ahead?: CompressAhead | undefined;
}

/**
 * Writes entries (as `mergeEntries` gives them) as a deterministic tar and its gzip, compressed on other threads while
 * the tar is written, and keeps the layer under `key`.
 */
export async function writeLayer(
  entries: readonly Entry[],
  store: Store,
  { key, compression, ahead }: LayerOptions,
): Promise<StoredLayer> {
  const tar = store.writer();
  const zipped = new MemberWriter(store.writer(), compression.level);
  try {
    for (const piece of layerPieces(entries)) {
      const ready = ahead?.find(piece.key);
      for (const chunk of memberChunks(entryChunks(piece.entries, store))) {
        await tar.write(chunk);
        if (ready === undefined) await zipped.compress(chunk);
      }
      for (const member of ready ?? []) await zipped.add(Promise.resolve(member));
    }
    await tar.write(tarTrailer);
    await zipped.compress(tarTrailer);
    const { digest: diffId, size } = await tar.finish();
    const { digest, size: compressedSize } = await zipped.finish();
    const layer = storedLayer({ diffId, size, digest, compressedSize }, store);
    rememberLayer(key, layer, store);
    return layer;
  } catch (error) {
    await Promise.all([tar.abort(), zipped.abort()]);
    throw error;
  }
}

/** Writes gzip members in the order in which they were begun, a few at work side by side. */
class MemberWriter {
  readonly #writer: BlobWriter;
  readonly #level: number;
  readonly #running: Promise<Buffer>[] = [];

  constructor(writer: BlobWriter, level: number) {
    this.#writer = writer;
    this.#level = level;
  }

  compress(bytes: Buffer): Promise<void> {
    return this.add(gzipMember(bytes, this.#level));
  }

  async add(member: Promise<Buffer>): Promise<void> {
    this.#running.push(member);
    if (this.#running.length >= membersAtOnce) await this.#writeOne();
  }

  async finish(): Promise<{ digest: Digest; size: number }> {
    while (this.#running.length > 0) await this.#writeOne();
    return this.#writer.finish();
  }

  async abort(): Promise<void> {
    await Promise.allSettled(this.#running);
    await this.#writer.abort();
  }

  async #writeOne(): Promise<void> {
    const member = this.#running.shift();
    if (member !== undefined) await this.#writer.write(await member);
  }
}
