import { z } from 'zod';
import { type Digest, digestOf } from '../store/digest.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { BlobWriter, Store } from '../store/store.js';
import type { CompressAhead } from './compress-ahead.js';
import type { Entry } from '../tar/entry.js';
import { gzipMember, memberChunks } from './gzip-members.js';
import { layerPieces } from './layer-pieces.js';
import { tarTrailer } from '../tar/tar-header.js';
import { entryChunks } from './tar-chunks.js';

/** Raised when the bytes of a layer made of the same entries change. */
const layerFormat = 3;
const membersAtOnce = 4;

/** A finished layer: its tar and its gzip are both in the store. */
export interface Layer {
  /** Of the tar. */
  readonly diffId: Digest;
  /** Of the tar, bytes. */
  readonly size: number;
  /** Of the compressed blob: gzip, where `mediaType` says nothing else. */
  readonly digest: Digest;
  readonly compressedSize: number;
  readonly mediaType?: string | undefined;
}

/** What a record says of a layer. */
export const layerSchema: z.ZodType<Layer> = z.object({
  ...{ diffId: digestSchema, size: z.number(), digest: digestSchema, compressedSize: z.number() },
  mediaType: z.string().optional(),
});

const layerRecords = recordKind('layer', layerSchema);

/** How a layer is compressed; part of its key. */
export interface Compression {
  /** zlib's, 1 to 9. */
  readonly level: number;
}

/** The layer made before of fragments with these digests; undefined when it is not in the store (any more), or cut short. */
export function findLayer(key: Digest, store: Store): Layer | undefined {
  const layer = store.record(layerRecords, key.slice('sha256:'.length));
  if (layer === undefined) return undefined;
  const { diffId, size, digest, compressedSize } = layer;
  return isWhole(diffId, size, store) && isWhole(digest, compressedSize, store) ? layer : undefined;
}

/** Keeps a layer that is in the store for `findLayer`. */
export function rememberLayer(key: Digest, layer: Layer, store: Store): void {
  store.setRecord(layerRecords, key.slice('sha256:'.length), layer);
}

function isWhole(blob: Digest, size: number, store: Store): boolean {
  return store.has(blob) && store.size(blob) === size;
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
): Promise<Layer> {
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
    const layer = { diffId, size, digest, compressedSize };
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
