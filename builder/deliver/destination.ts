import type { ScanFinding } from '../aws/ecr/ecr-registry.js';
import type { StoredImage } from '../image/image.js';
import type { PushReport } from './push/push-report.js';

/** The result of a delivery; fields of other destinations are undefined. */
export interface Delivered {
  /** The image's names there. */
  readonly tags?: readonly string[] | undefined;
  /** Set if the image is in Docker. */
  readonly loaded?: true | undefined;
  /** Absolute path of an OCI layout, if Docker could not take the image. */
  readonly layout?: string | undefined;
  /** The blobs that a push sent. */
  readonly pushed?: PushReport | undefined;
  /** The findings of the registry's scan, if it was awaited. */
  readonly scan?: readonly ScanFinding[] | undefined;
}

/** A place that takes finished images: a folder, a file, Docker, registries. */
export interface Destination {
  /** Delivers an image. @throws BuilderError if that fails */
  deliver(image: StoredImage): Promise<Delivered>;
}
