import type { ScanFinding } from '../aws/ecr/ecr-registry.js';
import type { StoredImage } from '../image/image.js';
import type { PushReport } from './push/push-report.js';

/** The result of a delivery; fields of other destinations are undefined. */
export interface Delivered {
  /** The names that the image has there. */
  readonly tags?: readonly string[] | undefined;
  /** Docker has it. */
  readonly loaded?: true | undefined;
  /** Absolute path of the OCI layout that it is in because Docker could not take it. */
  readonly layout?: string | undefined;
  /** The blobs that a push sent. */
  readonly pushed?: PushReport | undefined;
  /** The findings of the registry's scan, if it was awaited. */
  readonly scan?: readonly ScanFinding[] | undefined;
}

/** A place that takes finished images: a folder, a file, Docker, registries. */
export interface Destination {
  /** Brings an image there. @throws BuilderError where that fails */
  deliver(image: StoredImage): Promise<Delivered>;
}
