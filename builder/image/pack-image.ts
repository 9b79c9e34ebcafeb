import type { Store } from '../store/store.js';
import type { StoredImage } from './image.js';
import type { StoredLayer } from './layer.js';
import { mediaTypes } from './media-types.js';
import type { OciConfig } from './oci-documents.js';

/** Makes an image from a configuration and its layers: stores the configuration and a manifest (OCI image specification, manifest.md). */
export function packImage(configBytes: Buffer, layers: readonly StoredLayer[], store: Store): StoredImage {
  const configDigest = store.put(configBytes);
  const bytes = Buffer.from(
    JSON.stringify({
      schemaVersion: 2,
      mediaType: mediaTypes.manifest,
      config: { mediaType: mediaTypes.config, digest: configDigest, size: configBytes.length },
      layers: layers.map(({ blob: { mediaType, digest, size } }) => ({ mediaType, digest, size })),
    }),
  );
  const manifest = { digest: store.put(bytes), mediaType: mediaTypes.manifest, bytes };
  const config = JSON.parse(configBytes.toString()) as OciConfig;
  return { manifest, configDigest, configBytes, config, layers };
}
