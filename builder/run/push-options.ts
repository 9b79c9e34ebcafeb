import type { ScanFinding } from '../aws/ecr/ecr-registry.js';
import type { PushChoices } from '../deliver/push/push-choices.js';
import type { PushReport } from '../deliver/push/push-report.js';

/** The options of `platen push`. */
export interface PushOptions extends PushChoices {
  /** An image of this project by its folder's name, `oci:FOLDER` or `docker:NAME`. */
  readonly image: string;
  readonly tags: readonly string[];
  readonly registry?: string | undefined;
}

/** What `platen push --json` prints for each image. */
export interface PushedImage {
  readonly image: string;
  /** The manifest's, or the index's. */
  readonly digest: string;
  /** The image's names in its registries. */
  readonly tags: readonly string[];
  readonly ms: number;
  readonly pushed: PushReport;
  /** Set if a scan was awaited. */
  readonly scan?: readonly ScanFinding[] | undefined;
}
