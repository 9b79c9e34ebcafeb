import type { CallerIdentity } from '../../../aws/sts/caller-identity.js';
import { BuilderError } from '../../../errors.js';
import type { PlatformCheck } from '../../driver.js';
import type { AwsContext } from '../aws-context.js';
import type { PlatformView } from '../platform-view.js';

/** Why a deployment would stop, and how that is mended. */
export type Problem = PlatformCheck['problems'][number];

/** What checks look with. */
export interface Looked {
  readonly context: AwsContext;
  readonly identity: CallerIdentity;
  readonly view: PlatformView;
}

/** One thing that could stop a deployment. */
export interface AwsCheck {
  readonly name: string;
  look(looked: Looked): Promise<Omit<PlatformCheck, 'name'>>;
}

/** What could not be looked at is a problem, too: AWS's own words say which right or place is lacking. @throws what is none of ours, and an interruption */
export function problemOf(error: unknown): Problem {
  if (!(error instanceof BuilderError) || error.code === 'interrupted') throw error;
  return { message: error.message, hint: error.hint ?? 'Mend that, then ask again.' };
}
