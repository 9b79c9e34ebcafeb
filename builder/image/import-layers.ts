import { createReadStream } from 'node:fs';
import { type Readable, pipeline } from 'node:stream';
import { createGzip } from 'node:zlib';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { Entry } from './entry.js';
import { flattenLayers } from './flatten-layers.js';
import type { LayoutLayer } from './read-oci-layout.js';
import type { Layer } from './write-layer.js';

/**
 * Takes the layers of another image into the store as they are, so that registries and engines that have them need no
 * others, and gives the root that they make. A layer that was not compressed becomes gzip.
 * @throws BuilderError `invalid` for a damaged layer
 */
export async function importLayers(
  layers: readonly LayoutLayer[],
  store: Store,
  level: number,
): Promise<{ entries: Entry[]; layers: Layer[] }> {
  const entries = await flattenLayers(layers, store);
  const imported: Layer[] = [];
  for (const { diffId, file, compression, descriptor } of layers) {
    const zipped = await copyBlob(
      compression === 'gzip' ? createReadStream(file) : gzipped(store.open(diffId), level),
      store,
    );
    if (compression === 'gzip' && zipped.digest !== descriptor.digest)
      throw new BuilderError(`${file} changed while it was read`, { code: 'failed', hint: 'build again' });
    imported.push({ diffId, size: store.size(diffId), digest: zipped.digest, compressedSize: zipped.size });
  }
  return { entries, layers: imported };
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
  // An error of the tar comes out of what is read.
  return pipeline(tar, createGzip({ level }), () => undefined);
}
