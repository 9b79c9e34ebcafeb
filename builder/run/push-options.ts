import type { ScanFinding } from '../aws/ecr/ecr-registry.js';
import type { RepositorySettings } from '../aws/ecr/repository-settings.js';
import type { PushReport } from './build-options.js';

/** What is asked of a push, wherever the image comes from. */
export interface PushChoices {
  /** Make a repository that is missing in ECR. */
  readonly createRepository: boolean;
  /** How; as `defaultRepositorySettings` say where nothing is given. */
  readonly repository?: RepositorySettings | undefined;
  /** Await ECR's scan, and fail where it finds something as bad as this. */
  readonly scanThreshold?: Severity | undefined;
}

/** As `severities` in aws/await-scan.ts, which is loaded only where it is needed. */
export type Severity = 'undefined' | 'informational' | 'low' | 'medium' | 'high' | 'critical';

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
