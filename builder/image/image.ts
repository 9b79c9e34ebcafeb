import type { Digest } from '../store/digest.js';
import type { Layer, PackedLayer, StoredLayer } from './layer.js';
import type { OciConfig } from './oci-documents.js';

/** An image from any source: its documents, and layers that can be opened. */
export interface Image<L extends Layer = Layer> {
  /** Undefined in Docker, which keeps no manifests. */
  readonly manifest: Manifest | undefined;
  /** Docker's image id. */
  readonly configDigest: Digest;
  readonly configBytes: Buffer;
  readonly config: OciConfig;
  /** Lowest first. */
  readonly layers: readonly L[];
}

/** The identity of an image in registries. */
export interface Manifest {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly bytes: Buffer;
}

/** An image with everything that a registry needs. */
export interface PackedImage<L extends PackedLayer = PackedLayer> extends Image<L> {
  readonly manifest: Manifest;
}

/** An image that is completely in the store. */
export type StoredImage = PackedImage<StoredLayer>;
