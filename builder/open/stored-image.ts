import type { PackedImage } from '../image/image.js';
import { manifestSchema } from '../image/oci-documents.js';
import { parseDocument, sourceImage } from '../image/source-image.js';
import { storedTar } from '../image/stored-layer.js';
import type { BlobSource } from '../image/verified-stream.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';

/** An image with its manifest in the store. @throws BuilderError `not-found` if manifest or configuration is missing */
export function storedImage(digest: Digest, store: Store): PackedImage {
  const read = (blob: Digest) => store.read({ blob, offset: 0, size: store.size(blob) });
  const manifestBytes = read(digest);
  const { mediaType, config } = parseDocument(digest, manifestBytes, manifestSchema);
  const image = sourceImage({
    names: [digest, config.digest],
    digest,
    mediaType,
    manifestBytes,
    configBytes: read(config.digest),
    blob: (layer) => storedBlob(layer.digest, store),
  });
  return withKnownTars(image, store);
}

/** The same image, but with size and bytes of layers from stored tars, if there are any. */
export function withKnownTars(image: PackedImage, store: Store): PackedImage {
  const layers = image.layers.map((layer) =>
    store.has(layer.diffId) ? { ...layer, ...storedTar(layer.diffId, store) } : layer,
  );
  return { ...image, layers };
}

/** A blob in the store. */
export function storedBlob(digest: Digest, store: Store): BlobSource {
  const hint = 'build or pull again: that restores the missing parts';
  return { name: `${digest} of the cache`, hint, open: () => store.open(digest) };
}
