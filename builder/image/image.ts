import type { Digest } from '../store/digest.js';
import type { Layer, PackedLayer, StoredLayer } from './layer.js';
import type { OciConfig } from './oci-documents.js';

/** An image, wherever it lies: its documents, and layers to be opened. */
export interface Image<L extends Layer = Layer> {
  /** Undefined in Docker, which keeps none. */
  readonly manifest: Manifest | undefined;
  /** What Docker calls the image's id. */
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

/** An image with all that a registry takes. */
export interface PackedImage<L extends PackedLayer = PackedLayer> extends Image<L> {
  readonly manifest: Manifest;
}

/** An image that is whole in the store. */
export type StoredImage = PackedImage<StoredLayer>;
