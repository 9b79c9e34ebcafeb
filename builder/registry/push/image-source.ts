import type { Readable } from 'node:stream';
import type { Descriptor, ManifestContent } from '../descriptor.js';

/** An image to push, or an index with its images. */
export interface ImageSource {
  readonly manifest: ManifestContent;
  /** Configuration and layers, without duplicates; empty for an index. */
  readonly blobs: readonly Descriptor[];
  /** The images of an index; empty for an image. */
  readonly images: readonly ImageSource[];
  /** A blob's bytes from the start; called again after a failed upload. */
  open(blob: Descriptor): Readable;
}
