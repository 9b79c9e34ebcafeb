import type { StackEvent } from '../../../aws/cloudformation/stack.js';
import { revisionOf } from '../../../aws/ecs/ecs-service.js';
import type { DeploymentOutcome } from '../../driver.js';
import { servicesOf } from '../aws-account.js';
import { clusterOf } from '../service/one-off-task.js';
import { ServiceWatch } from '../service/service-watch.js';
import { StackError } from '../stack-error.js';
import { applyStack } from './apply-stack.js';
import type { Deployment } from './deployment.js';

const serviceType = 'AWS::ECS::Service';
const definitionType = 'AWS::ECS::TaskDefinition';

/**
 * Deploys the service, and watches its tasks meanwhile. A release that ECS rolled back is an outcome, no error: what ran before
 * runs on. @throws StackError where something else failed
 */
export async function deployService(name: string, deployment: Deployment): Promise<void> {
  const { context, outputs, view } = deployment;
  const started = performance.now();
  const before = view.outputs.get(name)?.['TaskDefinitionArn'];
  const place = { cluster: clusterOf(outputs), service: `${context.name}-wordpress` };
  const watch = new ServiceWatch(context, place, before);
  const applied = applyStack(name, deployment);
  await watch.until(applied);
  try {
    const events = await applied;
    const runs = outputs.get(name)?.['TaskDefinitionArn'];
    if (runs === undefined || !events.some(({ type }) => type === serviceType)) return;
    const revision = revisionOf(runs);
    deployment.outcome = { outcome: 'completed', revision, wanted: revision };
  } catch (error) {
    if (!(error instanceof StackError) || error.failed?.type !== serviceType) throw error;
    deployment.outcome = await failedOutcome(error, { deployment, watch, before, place });
  }
  const { outcome, revision, reason } = deployment.outcome;
  context.reporter.report({
    kind: 'deployment-done',
    service: place.service,
    revision,
    outcome,
    ms: performance.now() - started,
    reason,
  });
}

interface Failed {
  readonly deployment: Deployment;
  readonly watch: ServiceWatch;
  readonly before: string | undefined;
  readonly place: { readonly cluster: string; readonly service: string };
}

async function failedOutcome(
  error: StackError,
  { deployment: { context }, watch, before, place }: Failed,
): Promise<DeploymentOutcome> {
  const found = await servicesOf(context).ecs.service(place.cluster, place.service, context);
  const running = found?.deployments[0]?.definition ?? before;
  const last = watch.stopped.at(-1);
  return {
    outcome: before === undefined ? 'failed' : 'rolled-back',
    revision: running === undefined ? '' : revisionOf(running),
    wanted: wantedRevision(error.events) ?? '',
    reason: last === undefined ? error.message : last.reason,
    exitCode: last?.exitCode,
    log: last?.log,
  };
}

/** The revision that was made for it; a roll-back deletes it again. */
function wantedRevision(events: readonly StackEvent[]): string | undefined {
  const made = events.find(
    ({ type, physicalId, status }) =>
      type === definitionType &&
      /^(CREATE|UPDATE)_/.test(status) &&
      physicalId?.includes(':task-definition/'),
  );
  return made?.physicalId === undefined ? undefined : revisionOf(made.physicalId);
}
