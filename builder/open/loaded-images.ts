import { z } from 'zod';
import type { PackedImage } from '../image/image.js';
import { manifestSchema } from '../image/oci-documents.js';
import type { Digest } from '../store/digest.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';

/** Its digests keep a prune from its blobs. */
interface LoadedImage {
  readonly manifest: Digest;
  readonly blobs: readonly Digest[];
}

const loadedImages = recordKind<LoadedImage>(
  'loaded',
  z.object({ manifest: digestSchema, blobs: z.array(digestSchema) }),
);

/** Docker forgets manifest and compressed layers of an image that it loads: remembers them by its id. */
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

/** Bytes: registries take no larger ones (OCI distribution specification, "Pushing Manifests"). */
const largestManifest = 4 << 20;

/** Docker's id of an image whose manifest has this digest; undefined for other digests, and where the store lacks the manifest. */
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
