import { Readable } from 'node:stream';
import type { PackedImage } from '../../image/image.js';
import { mediaTypes } from '../../image/media-types.js';
import type { Descriptor } from '../../registry/descriptor.js';
import type { ImageSource } from '../../registry/push/image-source.js';
import type { Digest } from '../../store/digest.js';

/** An image for a push: manifest, configuration and blobs as they are. */
export function imageSource({ manifest, configDigest, configBytes, layers }: PackedImage): ImageSource {
  const config = { mediaType: mediaTypes.config, digest: configDigest, size: configBytes.length };
  const blobs = new Map(layers.map(({ blob }) => [blob.digest, blob]));
  return {
    manifest: { ...manifest, size: manifest.bytes.length },
    blobs: uniqueBlobs([config, ...blobs.values()]),
    images: [],
    open: ({ digest }) => blobs.get(digest)?.open() ?? Readable.from([configBytes]),
  };
}

/** An image may have one layer twice. */
export function uniqueBlobs(
  blobs: readonly { readonly mediaType: string; readonly digest: Digest; readonly size: number }[],
): Descriptor[] {
  const plain = blobs.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  return [...new Map(plain.map((blob) => [blob.digest, blob])).values()];
}
