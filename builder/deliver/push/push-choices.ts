import type { RepositorySettings } from '../../aws/ecr/repository-settings.js';
import type { Severity } from '../../aws/ecr/severity.js';

/** Options of a push. */
export interface PushChoices {
  /** Make a repository that is missing in ECR. */
  readonly createRepository: boolean;
  /** How; as `defaultRepositorySettings` say where nothing is given. */
  readonly repository?: RepositorySettings | undefined;
  /** Wait for ECR's scan, and fail if it finds this severity or worse. */
  readonly scanThreshold?: Severity | undefined;
}
