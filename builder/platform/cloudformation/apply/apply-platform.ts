import { BuilderError } from '../../../errors.js';
import { hasChanges, type PlatformPlan } from '../../change.js';
import type { DeploymentOutcome, PlatformOutcome, PlatformWish } from '../../driver.js';
import { requirePinnedAccount } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { siteAddress } from '../site-address.js';
import { nameOthers, recordDeployment } from '../history/deployment-history.js';
import { inOrder } from '../in-order.js';
import { planView } from '../plan/plan-platform.js';
import { refuseLiveWeights, refuseLosses } from '../plan/refuse-losses.js';
import { type PlatformView, viewPlatform } from '../platform-view.js';
import { verifyPlatform } from '../verify/verify-platform.js';
import { removeObsolete } from '../destroy/remove-stacks.js';
import type { Deployment } from './deployment.js';
import { deploymentPieces } from './deployment-pieces.js';
import { wasTakenBack } from './was-taken-back.js';

/**
 * Plans, asks, and brings all of an environment to what it is wanted to be, as many stacks at once as their order allows; then
 * looks whether it is so. What was interrupted is gone on with.
 * @throws BuilderError with the first thing that failed
 */
export async function applyPlatform(context: AwsContext, wish: PlatformWish): Promise<PlatformOutcome> {
  const started = performance.now();
  await requirePinnedAccount(context);
  const view = await viewPlatform(context, wish);
  refuseMissing(view);
  await nameOthers(context);
  const plan = await planView(context, view);
  refuseLosses(plan, wish.allowReplace ?? []);
  refuseLiveWeights(plan, wish.allowReplace ?? []);
  const ended = (more: Partial<PlatformOutcome>): PlatformOutcome => ({
    environment: context.name,
    changes: plan.changes,
    address: siteAddress(view.outputs, context.spec),
    deployment: undefined,
    ms: Math.round(performance.now() - started),
    ...more,
  });
  if (!hasChanges(plan)) {
    if (wish.nonce === undefined && (await wasTakenBack(context, view)))
      return applyPlatform(context, { ...wish, nonce: context.token });
    return ended({ address: await verified(context, view) });
  }
  if ((await wish.approve?.(plan)) === false) return ended({});
  const deployment = await deploy(context, { view, plan, wish });
  return ended({ ...deployment, ms: Math.round(performance.now() - started) });
}

interface Approved {
  readonly view: PlatformView;
  readonly plan: PlatformPlan;
  readonly wish: PlatformWish;
}

async function deploy(
  context: AwsContext,
  { view, wish }: Approved,
): Promise<Pick<PlatformOutcome, 'address' | 'deployment'>> {
  const record = await recordDeployment(context, view.inputs.values['image'] ?? view.inputs.publish);
  const deployment: Deployment = {
    context,
    view,
    allowed: wish.allowReplace ?? [],
    outputs: new Map(view.outputs),
    stacks: view.stacks,
    outcome: undefined,
  };
  const parts = view.stacks.map(({ name }) => name);
  context.reporter.report({ kind: 'phase-started', environment: context.name, phase: 'deploy', parts });
  try {
    await inOrder(deploymentPieces(deployment), (piece) => piece.work());
    if (isWell(deployment.outcome)) await removeObsolete(context, view);
  } catch (error) {
    await record.end({ outcome: 'failed', image: imageOf(deployment) });
    throw error;
  }
  const { outcome } = deployment;
  await record.end({
    outcome: outcome?.outcome ?? 'completed',
    image: imageOf(deployment),
    revision: outcome?.revision,
    wanted: outcome?.wanted,
    reason: outcome?.reason,
  });
  const address = siteAddress(deployment.outputs, context.spec);
  if (!isWell(outcome)) return { address, deployment: outcome };
  await verifyPlatform(context, { outputs: deployment.outputs, stacks: deployment.stacks });
  return { address, deployment: outcome };
}

function isWell(outcome: DeploymentOutcome | undefined): boolean {
  return outcome === undefined || outcome.outcome === 'completed';
}

function imageOf({ stacks }: Deployment): string | undefined {
  const parameter = stacks.find(({ name }) => name === 'service')?.parameters['Image'];
  return parameter?.kind === 'known' ? String(parameter.value) : undefined;
}

async function verified(context: AwsContext, { outputs, stacks }: PlatformView): Promise<string | undefined> {
  await verifyPlatform(context, { outputs, stacks });
  return siteAddress(outputs, context.spec);
}

function refuseMissing({ inputs: { missing } }: PlatformView): void {
  const [first, ...others] = missing;
  if (first === undefined) return;
  throw new BuilderError('The deployment lacks inputs', {
    code: 'usage',
    hint: [first, ...others].join('\n'),
  });
}
