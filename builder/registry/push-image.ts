import type { RegistryClient } from './client.js';
import type { Digest } from './descriptor.js';
import type { ImageSource } from './image-source.js';
import type { Reference } from './reference.js';

/** What becomes of a blob; the last event of each has another state than `uploading`. */
export interface BlobProgress {
  readonly digest: Digest;
  readonly size: number;
  /** Bytes sent in this try. */
  readonly done: number;
  readonly state: 'uploading' | 'uploaded' | 'mounted' | 'existing';
}

export interface PushOptions {
  /** All of them will name the image; where there is none, only its digest does. */
  readonly tags: readonly string[];
  /** Repositories of the same registry that may have some blobs. */
  readonly mountFrom?: readonly string[] | undefined;
  /** Blobs at once. */
  readonly concurrency?: number | undefined;
  /** Bytes; where given, larger blobs go in parts of that size (ECR: 5 to 10 MB). */
  readonly partSize?: number | undefined;
  readonly onProgress?: ((event: BlobProgress) => void) | undefined;
}

export interface PushResult {
  readonly registry: string;
  /** `NAME@DIGEST`. */
  readonly reference: string;
  readonly digest: Digest;
  /** Counts of blobs. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly existing: number;
  /** Of the uploaded blobs. */
  readonly bytes: number;
}

/** Pushes an image or an index: what the registry lacks, then the manifest, then its tags; all read back. */
export function pushImage(
  _client: RegistryClient,
  _source: ImageSource,
  _target: Reference,
  _options: PushOptions,
): Promise<PushResult> {
  throw new Error('not yet');
}
