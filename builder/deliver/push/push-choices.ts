import type { RepositorySettings } from '../../aws/ecr/repository-settings.js';

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
