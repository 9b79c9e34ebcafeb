import type { Digest } from '../descriptor.js';

/** Writes one blob; it becomes visible with `finish`. */
export interface BlobSinkWriter {
  /** Resolves when the sink is ready for more. */
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<{ readonly digest: Digest; readonly size: number }>;
  /** Discards what was written. */
  abort(): Promise<void>;
}

/** The destination of pulled blobs, such as the content store. */
export interface BlobSink {
  has(digest: Digest): boolean;
  writer(): BlobSinkWriter;
}
