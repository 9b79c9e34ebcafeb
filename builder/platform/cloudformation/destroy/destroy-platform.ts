import type { Change, PlatformPlan } from '../../change.js';
import type { DestroyWish } from '../../driver.js';
import type { PlatformStack } from '../../graph/platform.js';
import { requirePinnedAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { forgetDeployments, nameOthers } from '../history/deployment-history.js';
import { plannedDeletion } from '../plan/plan-deletion.js';
import { lossOf } from '../plan/stateful-types.js';
import { viewPlatform } from '../platform-view.js';
import { keptData } from './kept-data.js';
import { removeStacks } from './remove-stacks.js';

/** What `destroy` would remove: stack by stack, what holds data by name. Stacks of the account stay: other environments use them. @throws BuilderError */
export async function planDestruction(context: AwsContext, { withData }: DestroyWish): Promise<PlatformPlan> {
  await requirePinnedAccount(context);
  const own = await ownStacks(context);
  const planned = own.flatMap((stack): Change[] => plannedDeletion(stack));
  if (withData) {
    const changes = await allLost(context, { own, planned });
    return { environment: context.name, changes, notes: [keys] };
  }
  const kept = planned.filter(({ reasons }) => reasons.length > 0).length;
  const notes =
    kept === 0
      ? []
      : [
          'What is kept costs on; the account lists it under snapshots and secrets. --with-data removes it, too.',
        ];
  return { environment: context.name, changes: planned, notes };
}

const keys =
  'Keys of KMS wait for protection.kmsDays before they are gone; with them goes all that is encrypted by them. The key of copies in another region stays.';

/** With what is kept of a stack lost, too, and all that lies in the account already and is in no stack. */
async function allLost(
  context: AwsContext,
  { own, planned }: { readonly own: readonly PlatformStack[]; readonly planned: readonly Change[] },
): Promise<Change[]> {
  const [kept, ...resources] = await Promise.all([
    keptData(context),
    ...own.map((stack) => servicesOf(context, stack).stackCare.resources(stack.stackName, context)),
  ]);
  const ofStacks = new Set(resources.flat().map(({ physicalId }) => physicalId));
  return [
    ...planned.map((change): Change => ({ ...change, reasons: [], loses: lossOf(change.type) })),
    ...kept
      .filter(({ id }) => !ofStacks.has(id))
      .map(({ part, type, loses }): Change => ({ part, type, action: 'remove', reasons: [], loses })),
  ];
}

/** Deletes the environment's stacks, those that others need last; what the templates keep stays, unless that is to go, too. @throws BuilderError */
export async function destroyPlatform(context: AwsContext, { withData }: DestroyWish): Promise<void> {
  await requirePinnedAccount(context);
  await nameOthers(context);
  const stacks = await ownStacks(context);
  const parts = stacks.map(({ name }) => name);
  context.reporter.report({ kind: 'phase-started', environment: context.name, phase: 'remove', parts });
  await removeStacks(context, stacks);
  if (withData) await removeKept(context);
  await forgetDeployments(context);
}

/** Nothing uses it any more; the last snapshot is among it. */
async function removeKept(context: AwsContext): Promise<void> {
  for (const { part, remove } of await keptData(context)) {
    const started = performance.now();
    context.reporter.report({ kind: 'part-started', part, action: 'remove' });
    await remove();
    const ms = performance.now() - started;
    context.reporter.report({ kind: 'part-changed', part, change: 'removed', ms });
  }
}

async function ownStacks(context: AwsContext): Promise<PlatformStack[]> {
  const { stacks, there, obsolete } = await viewPlatform(context);
  return [...stacks.filter(({ name, scope }) => scope === 'environment' && there.has(name)), ...obsolete];
}
