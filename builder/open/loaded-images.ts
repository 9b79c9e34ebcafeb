import { z } from 'zod';
import type { PackedImage } from '../image/image.js';
import { manifestSchema } from '../image/oci-documents.js';
import type { Digest } from '../store/digest.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';

/** Its digests keep a prune from removing the blobs. */
interface LoadedImage {
  readonly manifest: Digest;
  readonly blobs: readonly Digest[];
}

const loadedImages = recordKind<LoadedImage>(
  'loaded',
  z.object({ manifest: digestSchema, blobs: z.array(digestSchema) }),
);

/** Records manifest and compressed layers by image id: Docker forgets them when it loads an image. */
export function rememberLoaded({ manifest, configDigest, layers }: PackedImage, store: Store): void {
  const blobs = [configDigest, ...layers.map((layer) => layer.blob.digest)];
  store.setRecord(loadedImages, keyOf(configDigest), { manifest: manifest.digest, blobs });
}

/** Returns the manifest's digest of an image that platen loaded into Docker; undefined for other images, or if its blobs are gone. */
export function findLoaded(id: Digest, store: Store): Digest | undefined {
  const found = store.record(loadedImages, keyOf(id));
  if (found === undefined) return undefined;
  return [found.manifest, ...found.blobs].every((blob) => store.has(blob)) ? found.manifest : undefined;
}

/** Bytes; registries accept no larger ones (OCI distribution specification, "Pushing Manifests"). */
const largestManifest = 4 << 20;

/** Docker's id of the image with this manifest; undefined if the digest is another's, or the store lacks the manifest. */
export function dockerIdOf(manifest: Digest, store: Store): Digest | undefined {
  if (!store.has(manifest) || store.size(manifest) > largestManifest) return undefined;
  const bytes = store.read({ blob: manifest, offset: 0, size: store.size(manifest) });
  try {
    return manifestSchema.parse(JSON.parse(bytes.toString('utf8'))).config.digest;
  } catch {
    return undefined;
  }
}

function keyOf(id: Digest): string {
  return id.slice('sha256:'.length);
}
