import type { Readable } from 'node:stream';
import type { Digest } from '../store/digest.js';

/** A layer, wherever it lies: in the store, in a folder, in Docker, in a registry. Nothing of it is read before it is opened. */
export interface Layer {
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** Of the uncompressed tar, bytes; undefined where nobody knows before it is read. */
  readonly size: number | undefined;
  /** As registries have it; undefined in Docker, which keeps none. */
  readonly blob: LayerBlob | undefined;
  /** The uncompressed tar; its bytes may be relied on only once it has ended without an error (a BuilderError). */
  open(): Readable;
}

/** A layer's blob: a tar, compressed or not. */
export interface LayerBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** For messages: where it is. */
  readonly place: string;
  /** The blob as it is; its bytes are not looked at. */
  open(): Readable;
}

/** A layer whose blob is known, as in layouts and registries. */
export interface PackedLayer extends Layer {
  readonly blob: LayerBlob;
}

/** A layer that is in the store, as blob and as tar. */
export interface StoredLayer extends PackedLayer {
  readonly size: number;
}
