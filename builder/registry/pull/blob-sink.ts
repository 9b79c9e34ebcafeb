import type { Digest } from '../descriptor.js';

/** Takes a blob's bytes one after the other; nothing is visible before `finish`. */
export interface BlobSinkWriter {
  /** Resolves when more may be written. */
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<{ readonly digest: Digest; readonly size: number }>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/** Where pulled blobs go. The content store is one. */
export interface BlobSink {
  has(digest: Digest): boolean;
  writer(): BlobSinkWriter;
}
