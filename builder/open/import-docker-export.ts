import { type Readable, pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { readTar } from '../tar/tar-reader.js';
import type { Digest } from '../store/digest.js';
import type { BlobWriter, Store } from '../store/store.js';

/** Older engines write `ID/layer.tar` and the configuration as `HEX.json`; engines since 25 write `blobs/sha256/HEX`. */
const blobPath = /^\/[^/]+\/layer\.tar$|^\/[0-9a-f]{64}\.json$|^\/blobs\/sha256\//;

/**
 * Stores the configuration and uncompressed layers of an archive of `docker save`. Their names in the archive do not matter:
 * callers find them by digest.
 * @throws BuilderError `failed` if it is no archive
 */
export async function importDockerExport(archive: Readable, store: Store): Promise<void> {
  const found: Digest[] = [];
  const todo: (() => Promise<unknown>)[] = [];
  const drain = async () => {
    for (const act of todo.splice(0)) await act();
  };
  let open: BlobWriter | undefined;
  const next = (writer: BlobWriter | undefined) => {
    const done = open;
    if (done !== undefined) todo.push(async () => found.push((await done.finish()).digest));
    open = writer;
  };
  try {
    await readTar(archive, {
      raw: drain,
      entry: ({ path, type }) => next(type === 'file' && blobPath.test(path) ? store.writer() : undefined),
      data: (chunk) => {
        const writer = open;
        if (writer !== undefined) todo.push(() => writer.write(chunk));
      },
    });
    next(undefined);
    await drain();
  } catch (error) {
    await open?.abort();
    throw error;
  } finally {
    archive.destroy();
  }
  for (const blob of found) await unzip(blob, store);
}

/** Decompresses a layer: the containerd image store exports layers as they came from the registry. */
async function unzip(blob: Digest, store: Store): Promise<void> {
  const size = store.size(blob);
  if (size < 2 || store.read({ blob, offset: 0, size: 2 }).readUInt16BE(0) !== 0x1f8b) return;
  const writer = store.writer();
  try {
    for await (const chunk of pipeline(store.open(blob), createGunzip(), () => undefined))
      await writer.write(chunk as Buffer);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
