import type { DeploymentOutcome } from '../../driver.js';
import type { PlatformStack } from '../../graph/platform.js';
import type { AwsContext } from '../aws-context.js';
import type { PlatformView } from '../platform-view.js';

/** A deployment under way, and what it came to so far. */
export interface Deployment {
  readonly context: AwsContext;
  readonly view: PlatformView;
  /** Resources with data that may be replaced: "database/Instance". */
  readonly allowed: readonly string[];
  readonly outputs: Map<string, Readonly<Record<string, string>>>;
  /** What is wanted; another once the image is pushed and its digest known. */
  stacks: readonly PlatformStack[];
  /** How the service's deployment ended; undefined where there was none. */
  outcome: DeploymentOutcome | undefined;
}
