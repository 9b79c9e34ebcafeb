import { BuilderError } from '../../../errors.js';
import type { PlatformOutcome } from '../../driver.js';
import { applyPlatform } from '../apply/apply-platform.js';
import { requirePinnedAccount } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { deploymentHistory } from '../history/deployment-history.js';
import { viewPlatform } from '../platform-view.js';

/** Deploys the release that ran before the one that runs, or that of a digest. @throws BuilderError where none is known */
export async function awsRollBack(context: AwsContext, to: string | undefined): Promise<PlatformOutcome> {
  await requirePinnedAccount(context);
  return applyPlatform(context, { image: to ?? (await releaseBefore(context)) });
}

async function releaseBefore(context: AwsContext): Promise<string> {
  const { there } = await viewPlatform(context);
  const running = there.get('service')?.parameters['Image'];
  const history = await deploymentHistory(context);
  const before = history.find(
    ({ outcome, image }) => outcome === 'completed' && image !== undefined && image !== running,
  );
  if (running !== undefined && before?.image !== undefined) return before.image;
  throw new BuilderError(`${context.name} has no earlier release to go back to`, {
    code: 'failed',
    hint: '"platen status --history" shows what was deployed; "platen rollback --to sha256:…" takes any digest that the registry has.',
  });
}
