import { type Readable, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { mediaTypes } from './media-types.js';
import type { Entry } from '../tar/entry.js';
import { flattenLayers } from './flatten-layers.js';
import type { PackedLayer, StoredLayer } from './layer.js';
import { layerCompression } from './oci-documents.js';
import { storedLayer } from './stored-layer.js';

/**
 * Stores the layers of another image unchanged, so that registries and engines that have them need no others, and returns
 * the resulting root. Compresses an uncompressed layer with gzip.
 * @throws BuilderError `invalid` for a damaged layer
 */
export async function importLayers(
  layers: readonly PackedLayer[],
  store: Store,
  level: number,
): Promise<{ entries: Entry[]; layers: StoredLayer[] }> {
  const entries = await flattenLayers(layers, store);
  const imported: StoredLayer[] = [];
  for (const layer of layers) imported.push(await importLayer(layer, store, level));
  return { entries, layers: imported };
}

async function importLayer({ diffId, blob }: PackedLayer, store: Store, level: number): Promise<StoredLayer> {
  const compression = layerCompression(blob.mediaType) ?? 'plain';
  if (compression === 'plain') return gzipLayer(diffId, store, level);
  const { digest, size: compressedSize, place } = blob;
  if (!store.has(digest) && (await copyBlob(blob.open(), store)).digest !== digest)
    throw new BuilderError(`${place} changed while it was read`, { code: 'failed', hint: 'build again' });
  const kept = { diffId, size: store.size(diffId), digest, compressedSize };
  return storedLayer(compression === 'zstd' ? { ...kept, mediaType: mediaTypes.zstdLayer } : kept, store);
}

/** Compresses a stored tar as a layer. */
export async function gzipLayer(diffId: Digest, store: Store, level: number): Promise<StoredLayer> {
  const { digest, size } = await copyBlob(gzipped(store.open(diffId), level), store);
  return storedLayer({ diffId, size: store.size(diffId), digest, compressedSize: size }, store);
}

async function copyBlob(from: Readable, store: Store): Promise<{ digest: Digest; size: number }> {
  const writer = store.writer();
  try {
    for await (const chunk of from) await writer.write(chunk as Buffer);
    return await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}

function gzipped(tar: Readable, level: number): Readable {
  // The returned stream fails with any error of the tar.
  return pipeline(tar, createGzip({ level }), () => undefined);
}
