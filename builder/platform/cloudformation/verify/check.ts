import type { PlatformStack } from '../../graph/platform.js';
import type { AwsContext } from '../aws-context.js';
import type { StackOutputs } from '../stack-parameters.js';

/** A platform that was deployed. */
export interface Deployed {
  readonly outputs: StackOutputs;
  readonly stacks: readonly PlatformStack[];
}

/** How one thing stands: `pending` may get well by itself, `unsure` can't be seen from here. */
export interface Verdict {
  readonly state: 'ok' | 'pending' | 'bad' | 'unsure';
  readonly detail: string;
  /** What to do about it. */
  readonly hint?: string | undefined;
}

/** Something that must hold after a deployment. Undefined where the platform has no such thing. */
export interface Check {
  readonly name: string;
  look(context: AwsContext, deployed: Deployed): Promise<Verdict | undefined>;
}
