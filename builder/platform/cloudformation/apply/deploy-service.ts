import type { StackEvent } from '../../../aws/cloudformation/stack.js';
import { revisionOf } from '../../../aws/ecs/ecs-service.js';
import type { DeploymentOutcome } from '../../driver.js';
import { servicesOf } from '../aws-account.js';
import { clusterOf } from '../service/one-off-task.js';
import { isGoingBack, rollbackReason } from '../service/deployment-watch.js';
import { serviceNameOf } from '../service/service-name.js';
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
  const place = { cluster: clusterOf(outputs), service: serviceNameOf(context) };
  const watch = new ServiceWatch(context, place, before);
  const applied = applyStack(name, deployment, { beforeExecute: () => watch.begin() });
  await watch.until(applied);
  try {
    const events = await applied;
    const runs = outputs.get(name)?.['TaskDefinitionArn'];
    if (runs === undefined || !events.some(({ type }) => type === serviceType)) return;
    deployment.outcome = await outcomeOf(runs, { deployment, watch, before, place });
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

/** How it ended where CloudFormation says that it ended well: ECS calls a deployment that it rolled back steady, too. */
async function outcomeOf(
  wanted: string,
  { deployment: { context }, watch, before, place }: Failed,
): Promise<DeploymentOutcome> {
  const found = await servicesOf(context).ecs.service(place.cluster, place.service, context);
  const primary = found?.deployments[0];
  const revision = revisionOf(wanted);
  const isBack = watch.deployment !== undefined && isGoingBack(watch.deployment);
  if (!isBack && (primary === undefined || primary.definition === wanted))
    return { outcome: 'completed', revision, wanted: revision };
  return {
    outcome: before === undefined ? 'failed' : 'rolled-back',
    revision: revisionOf(primary?.definition ?? before ?? ''),
    wanted: revision,
    ...reasonOf(watch, primary?.reason ?? 'ECS rolled it back, and gives no reason'),
  };
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
  return {
    outcome: before === undefined ? 'failed' : 'rolled-back',
    revision: running === undefined ? '' : revisionOf(running),
    wanted: wantedRevision(error.events) ?? '',
    ...reasonOf(watch, error.message),
  };
}

/** Alarms and people end what is healthy; else the last task that failed knows best. */
function reasonOf({ deployment, stopped }: ServiceWatch, otherwise: string): Partial<DeploymentOutcome> {
  const last = stopped.at(-1);
  const isAlarm = deployment !== undefined && deployment.triggeredAlarms.length > 0;
  if (last !== undefined && !isAlarm) return { reason: last.reason, exitCode: last.exitCode, log: last.log };
  return { reason: (deployment && rollbackReason(deployment)) ?? otherwise };
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
