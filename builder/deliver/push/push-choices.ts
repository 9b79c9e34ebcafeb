import type { RepositorySettings } from '../../aws/ecr/repository-settings.js';
import type { Severity } from '../../aws/ecr/severity.js';

/** Options of a push. */
export interface PushChoices {
  /** Create a missing repository in ECR. */
  readonly createRepository: boolean;
  /** Settings of a new repository; default: `defaultRepositorySettings`. */
  readonly repository?: RepositorySettings | undefined;
  /** Wait for ECR's scan, and fail if it finds this severity or worse. */
  readonly scanThreshold?: Severity | undefined;
}
