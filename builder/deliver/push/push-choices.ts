import type { RepositorySettings } from '../../aws/ecr/repository-settings.js';
import type { Severity } from '../../aws/ecr/severity.js';

/** What is asked of a push, wherever the image comes from. */
export interface PushChoices {
  /** Make a repository that is missing in ECR. */
  readonly createRepository: boolean;
  /** How; as `defaultRepositorySettings` say where nothing is given. */
  readonly repository?: RepositorySettings | undefined;
  /** Await ECR's scan, and fail where it finds something as bad as this. */
  readonly scanThreshold?: Severity | undefined;
}
