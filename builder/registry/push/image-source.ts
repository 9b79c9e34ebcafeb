import type { Readable } from 'node:stream';
import type { Descriptor, ManifestContent } from '../descriptor.js';

/** What can be pushed: an image, or an index with its images. */
export interface ImageSource {
  readonly manifest: ManifestContent;
  /** Configuration and layers, each once; empty for an index. */
  readonly blobs: readonly Descriptor[];
  /** Of an index; empty for an image. */
  readonly images: readonly ImageSource[];
  /** A blob's bytes from the start; may be called again when an upload failed. */
  open(blob: Descriptor): Readable;
}
