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

/** Raise it when the same entries give other bytes. */
const layerFormat = 3;
const membersAtOnce = 4;

const layerRecords = recordKind('layer', layerSchema);

/** A layer's compression; part of its key. */
export interface Compression {
  /** zlib's level, 1 to 9. */
  readonly level: number;
}

/** The layer of fragments with these digests; undefined if it is not in the store, or cut short. */
export function findLayer(key: Digest, store: Store): StoredLayer | undefined {
  const record = store.record(layerRecords, key.slice('sha256:'.length));
  return record !== undefined && isWhole(record, store) ? storedLayer(record, store) : undefined;
}

/** Records a stored layer for `findLayer`. */
export function rememberLayer(key: Digest, layer: StoredLayer, store: Store): void {
  store.setRecord(layerRecords, key.slice('sha256:'.length), layerRecord(layer));
}

/**
 * The key of a layer: its fragments, in order, and the compression with zlib's version, because versions of zlib, which come
 * with Node.js, compress the same tar to different bytes.
 */
export function layerKey(
  fragments: readonly Digest[],
  compression: Compression,
  // oxlint-disable-next-line no-restricted-globals -- a constant of the program, independent of the process
  zlib = process.versions.zlib,
): Digest {
  return digestOf(JSON.stringify([layerFormat, `gzip by zlib ${zlib}`, compression.level, fragments]));
}

interface LayerOptions {
  readonly key: Digest;
  readonly compression: Compression;
  /** May have compressed some pieces already. */
  readonly ahead?: CompressAhead | undefined;
}

/**
 * Writes entries (from `mergeEntries`) as a deterministic tar and its gzip, compressed on other threads meanwhile, and
 * records the layer under `key`.
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

/** Writes gzip members in order, while several are compressed in parallel. */
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
