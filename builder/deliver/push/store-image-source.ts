import { createReadStream } from 'node:fs';
import { manifestSchema } from '../../image/oci-documents.js';
import type { Descriptor } from '../../registry/descriptor.js';
import type { ImageSource } from '../../registry/push/image-source.js';
import type { Digest } from '../../store/digest.js';
import type { Store } from '../../store/store.js';

/** Larger reads than Node's own: layers are read from end to end. */
const readSize = 1 << 18;

/**
 * An image of the content store, for a push: manifest and blobs as they are kept.
 * @throws BuilderError `not-found` where the manifest is not in the store
 */
export function storeImageSource(digest: Digest, store: Store): ImageSource {
  const bytes = store.read({ blob: digest, offset: 0, size: store.size(digest) });
  const manifest = JSON.parse(bytes.toString('utf8')) as { mediaType: string };
  const { config, layers } = manifestSchema.parse(manifest);
  return {
    manifest: { mediaType: manifest.mediaType, digest, size: bytes.length, bytes },
    blobs: uniqueBlobs([config, ...layers]),
    images: [],
    open: ({ digest: blob }) => {
      store.size(blob);
      return createReadStream(store.path(blob), { highWaterMark: readSize });
    },
  };
}

/** An image may have one layer twice. */
export function uniqueBlobs(
  blobs: readonly { readonly mediaType: string; readonly digest: Digest; readonly size: number }[],
): Descriptor[] {
  const plain = blobs.map(({ mediaType, digest, size }) => ({ mediaType, digest, size }));
  return [...new Map(plain.map((blob) => [blob.digest, blob])).values()];
}
