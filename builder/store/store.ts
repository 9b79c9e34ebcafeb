import type { Readable } from 'node:stream';
import type { Digest } from './digest.js';
import type { RecordKind } from './record-kind.js';

/** A range of bytes in a blob. */
export interface Slice {
  readonly blob: Digest;
  readonly offset: number;
  readonly size: number;
}

/** Writes one blob; it becomes visible with `finish`. */
export interface BlobWriter {
  /** Resolves when the writer is ready for more. */
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<{ digest: Digest; size: number }>;
  /** Discards what was written. */
  abort(): Promise<void>;
}

/**
 * The cache on disk: blobs by digest, records (JSON) by key. Everything appears atomically, by rename. Safe with concurrent
 * builds, and under kill -9 at any moment.
 */
export interface Store {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Whether the blob is there and not empty, without reading it. Always true for the empty blob. */
  has(blob: Digest): boolean;
  /** Size in bytes. @throws BuilderError `not-found` */
  size(blob: Digest): number;
  /** Absolute path of the blob's file, for reading only. */
  path(blob: Digest): string;
  /**
   * A stream of its bytes, which are valid only if it ends without an error: a blob that does not match its digest is removed.
   * @throws BuilderError `not-found`
   */
  open(blob: Digest): Readable;
  /** Copies a blob to a file, and verifies it like `open`. @throws BuilderError `not-found` */
  copy(blob: Digest, place: string): void;
  /** Removes a blob with wrong bytes, so that the next build makes it again. @throws BuilderError `not-found` */
  damaged(blob: Digest): never;
  /**
   * Reads synchronously, for small files. Verifies the digest of a whole blob, or the length of a part, and removes a damaged
   * blob. @throws BuilderError `not-found`
   */
  read(slice: Slice): Buffer;
  /** Stores small bytes at once, unless they are there. */
  put(bytes: Uint8Array): Digest;
  /** Stores the contents of a file of any size. @throws BuilderError `failed` if it can't be read or stored */
  putFile(path: string): { digest: Digest; size: number };
  writer(): BlobWriter;
  /**
   * Returns a record by kind and key (a path of one or two safe segments, "abc" or "abc/def"); undefined if there is none of
   * that kind. Reading it counts as using it: a prune keeps it, and all blobs whose digests it contains.
   */
  record<T>(kind: RecordKind<T>, key: string): T | undefined;
  /** Like `record`, but does not count as using it. */
  peek<T>(kind: RecordKind<T>, key: string): T | undefined;
  setRecord<T>(kind: RecordKind<T>, key: string, value: NoInfer<T>): void;
  /** The second segments below a key, newest first. */
  records(kind: RecordKind<unknown>, key: string): string[];
}
