import type { ScanFinding } from '../aws/ecr/ecr-registry.js';
import type { PushChoices } from '../deliver/push/push-choices.js';
import type { PushReport } from '../deliver/push/push-report.js';

/** What `platen push` was asked for. */
export interface PushOptions extends PushChoices {
  /** Of this project, by the name of its folder, `oci:FOLDER` or `docker:NAME`. */
  readonly image: string;
  readonly tags: readonly string[];
  readonly registry?: string | undefined;
}

/** What `platen push --json` prints for each image. */
export interface PushedImage {
  readonly image: string;
  /** The manifest's, or the index's. */
  readonly digest: string;
  /** Names that the image now has in its registries. */
  readonly tags: readonly string[];
  readonly ms: number;
  readonly pushed: PushReport;
  /** Where a scan was awaited. */
  readonly scan?: readonly ScanFinding[] | undefined;
}
