import { manifestSchema } from '../image/oci-documents.js';
import { parseDocument, type SourceImage, sourceImage } from '../image/source-image.js';
import type { BlobSource } from '../image/verified-stream.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';

/** An image that is whole in the store. @throws BuilderError `not-found` where it is not */
export function storedImage(digest: Digest, store: Store): SourceImage {
  const read = (blob: Digest) => store.read({ blob, offset: 0, size: store.size(blob) });
  const manifestBytes = read(digest);
  const manifest = parseDocument(digest, manifestBytes, manifestSchema);
  return sourceImage({
    names: [digest, manifest.config.digest],
    digest,
    mediaType: manifest.mediaType,
    manifestBytes,
    configBytes: read(manifest.config.digest),
    blob: (layer) => storedBlob(layer.digest, store),
  });
}

/** A blob that is in the store. */
export function storedBlob(digest: Digest, store: Store): BlobSource {
  const hint = 'build or pull again: what is missing is made anew';
  return { name: `${digest} of the cache`, hint, open: () => store.open(digest) };
}
