import type { Readable } from 'node:stream';
import type { Digest } from './digest.js';
import type { RecordKind } from './record-kind.js';

/** Bytes inside a blob of the content store. */
export interface Slice {
  readonly blob: Digest;
  readonly offset: number;
  readonly size: number;
}

/** Takes a blob's bytes one after the other; nothing is visible before `finish`. */
export interface BlobWriter {
  /** Resolves when more may be written. */
  write(chunk: Uint8Array): Promise<void>;
  finish(): Promise<{ digest: Digest; size: number }>;
  /** Leaves nothing behind. */
  abort(): Promise<void>;
}

/**
 * The cache on disk: blobs by digest, records (JSON) by key. Whatever is in it is whole: everything appears by rename.
 * Safe with several builds at once, and under kill -9 at any moment.
 */
export interface Store {
  /** Absolute path of its folder. */
  readonly folder: string;
  /** Whether the blob is there and not empty; its bytes are not looked at. That of nothing always is. */
  has(blob: Digest): boolean;
  /** Size in bytes. @throws BuilderError `not-found` */
  size(blob: Digest): number;
  /** Absolute path of the blob's file, to read only. */
  path(blob: Digest): string;
  /**
   * Its bytes, which may be relied on only once the stream has ended without an error: a blob that is not what its digest says
   * is removed. @throws BuilderError `not-found`
   */
  open(blob: Digest): Readable;
  /** Writes a blob to a file of its own, and compares it: as `open`. @throws BuilderError `not-found` */
  copy(blob: Digest, place: string): void;
  /** Removes a blob whose bytes were found to be others, so that the next build makes it again. @throws BuilderError `not-found` */
  damaged(blob: Digest): never;
  /**
   * Synchronous, for small files. A blob that is read whole is compared with its digest, a part of one with its length;
   * one that is damaged is removed. @throws BuilderError `not-found`
   */
  read(slice: Slice): Buffer;
  /** Puts small bytes at once; nothing happens when they are there. */
  put(bytes: Uint8Array): Digest;
  /** Puts what is in a file of this machine, whatever its size. @throws BuilderError `failed` where it can't be read or kept */
  putFile(path: string): { digest: Digest; size: number };
  writer(): BlobWriter;
  /**
   * Returns a record by kind and key (a path of one or two safe segments, "abc" or "abc/def"); undefined if there is none of
   * that kind. Reading it counts as using it: a prune keeps it, and all blobs whose digests it contains.
   */
  record<T>(kind: RecordKind<T>, key: string): T | undefined;
  /** As `record`, but does not count as using it. */
  peek<T>(kind: RecordKind<T>, key: string): T | undefined;
  setRecord<T>(kind: RecordKind<T>, key: string, value: NoInfer<T>): void;
  /** The second segments below a key, newest first. */
  records(kind: RecordKind<unknown>, key: string): string[];
}
