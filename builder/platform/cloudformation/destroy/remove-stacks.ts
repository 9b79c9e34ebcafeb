import type { PlatformStack } from '../../graph/platform.js';
import type { AwsContext } from '../aws-context.js';
import { servicesOf } from '../aws-account.js';
import { deleteStack } from '../deploy-stack.js';
import { inOrder } from '../in-order.js';
import type { PlatformView } from '../platform-view.js';
import { stackDeploying } from '../stack-request.js';
import { readyToGo } from './ready-to-go.js';

/** Deletes stacks, those that others need last; what stands in the way of each goes first. @throws BuilderError */
export async function removeStacks(context: AwsContext, stacks: readonly PlatformStack[]): Promise<void> {
  const dependents = (name: string): string[] =>
    stacks.filter(({ dependsOn }) => dependsOn.includes(name)).map((stack) => stack.name);
  const reversed = stacks.map((stack) => ({ name: stack.name, dependsOn: dependents(stack.name), stack }));
  await inOrder(reversed, async ({ stack }) => {
    const { cloudformation, stackCare } = servicesOf(context, stack);
    const there = await cloudformation.stack(stack.stackName, context);
    if (there === undefined) return;
    if (there.isProtected) await stackCare.setProtection(stack.stackName, false, context);
    await readyToGo(context, stack);
    await deleteStack(stack.name, stack.stackName, stackDeploying(context, stack));
  });
}

/** Deletes what an environment had and has no more, once nothing uses it. */
export async function removeObsolete(context: AwsContext, { obsolete }: PlatformView): Promise<void> {
  await removeStacks(context, obsolete);
}
