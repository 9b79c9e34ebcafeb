import type { Readable } from 'node:stream';
import type { Digest } from '../store/digest.js';

/** A layer in the store, a folder, Docker or a registry. It is read only when it is opened. */
export interface Layer {
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** Of the uncompressed tar, bytes; undefined if it is unknown before reading. */
  readonly size: number | undefined;
  /** The blob in a registry; undefined in Docker, which keeps none. */
  readonly blob: LayerBlob | undefined;
  /** The uncompressed tar; its bytes are valid only if the stream ends without an error (a BuilderError). */
  open(): Readable;
}

/** A layer's blob: a tar, compressed or not. */
export interface LayerBlob {
  readonly mediaType: string;
  readonly digest: Digest;
  /** Bytes. */
  readonly size: number;
  /** Its place, for messages. */
  readonly place: string;
  /** The blob unchanged and unverified. */
  open(): Readable;
}

/** A layer with a known blob, as in layouts and registries. */
export interface PackedLayer extends Layer {
  readonly blob: LayerBlob;
}

/** A layer with blob and tar in the store. */
export interface StoredLayer extends PackedLayer {
  readonly size: number;
}
