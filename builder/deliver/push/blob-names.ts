import { buffer } from 'node:stream/consumers';
import { layerNames } from '../../image/layer-names.js';
import { configSchema, manifestSchema } from '../../image/oci-documents.js';
import type { ImageSource } from '../../registry/push/image-source.js';

/**
 * Display names of an image's blobs: layers by their names in its history ("packages"), else by number. Nothing fails
 * here: a blob without a name is shown by its digest.
 */
export async function blobNames(source: ImageSource): Promise<ReadonlyMap<string, string>> {
  const images = source.images.length > 0 ? source.images : [source];
  const found = await Promise.all(images.map((image) => namesOf(image).catch(() => [])));
  return new Map(found.flat());
}

async function namesOf(image: ImageSource): Promise<(readonly [string, string])[]> {
  const { config, layers } = manifestSchema.parse(JSON.parse(image.manifest.bytes.toString('utf8')));
  const read = await buffer(
    image.open({ mediaType: config.mediaType, digest: config.digest, size: config.size }),
  );
  const names = layerNames(configSchema.parse(JSON.parse(read.toString('utf8'))));
  return [
    [config.digest, 'configuration'],
    ...layers.map(({ digest }, index) => [digest, names[index] ?? ''] as const),
  ];
}
