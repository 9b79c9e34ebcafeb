import { BuilderError } from '../../../errors.js';
import type { Change, PlatformPlan } from '../../change.js';
import type { DestroyWish } from '../../driver.js';
import type { PlatformStack } from '../../graph/platform.js';
import { requirePinnedAccount } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { forgetDeployments, nameOthers } from '../history/deployment-history.js';
import { plannedDeletion } from '../plan/plan-deletion.js';
import { viewPlatform } from '../platform-view.js';
import { removeStacks } from './remove-stacks.js';

/** What `destroy` would remove: stack by stack, what holds data by name. Stacks of the account stay: other environments use them. @throws BuilderError */
export async function planDestruction(context: AwsContext, wish: DestroyWish): Promise<PlatformPlan> {
  refuseData(context, wish);
  await requirePinnedAccount(context);
  const changes = (await ownStacks(context)).flatMap((stack): Change[] => plannedDeletion(stack));
  const kept = changes.filter(({ reasons }) => reasons.length > 0).length;
  const notes =
    kept === 0 ? [] : ['What is kept costs on; the account lists it under snapshots and secrets.'];
  return { environment: context.name, changes, notes };
}

/** Deletes the environment's stacks, those that others need last; what the templates keep stays. @throws BuilderError */
export async function destroyPlatform(context: AwsContext, wish: DestroyWish): Promise<void> {
  refuseData(context, wish);
  await requirePinnedAccount(context);
  await nameOthers(context);
  const stacks = await ownStacks(context);
  const parts = stacks.map(({ name }) => name);
  context.reporter.report({ kind: 'phase-started', environment: context.name, phase: 'remove', parts });
  await removeStacks(context, stacks);
  await forgetDeployments(context);
}

async function ownStacks(context: AwsContext): Promise<PlatformStack[]> {
  const { stacks, there, obsolete } = await viewPlatform(context);
  return [...stacks.filter(({ name, scope }) => scope === 'environment' && there.has(name)), ...obsolete];
}

function refuseData({ name }: AwsContext, { withData }: DestroyWish): void {
  if (!withData) return;
  throw new BuilderError('On AWS, destroy deletes no snapshot and no secret that the templates keep', {
    code: 'usage',
    hint: `"platen destroy --env ${name}" without --with-data names them; delete them by hand once they are not needed.`,
  });
}
