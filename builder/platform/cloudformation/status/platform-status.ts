import type { Stack } from '../../../aws/cloudformation/stack.js';
import { type EcsTask, revisionOf } from '../../../aws/ecs/ecs-service.js';
import type { PartStatus, PlatformStatus, ServiceStatus } from '../../platform-status.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { deploymentHistory } from '../history/deployment-history.js';
import { type PlatformView, viewPlatform } from '../platform-view.js';
import { requireAccount } from '../aws-account.js';
import { siteContainerOf } from '../service/service-name.js';
import { siteAddress } from '../site-address.js';

/** How each stack stands, and the tasks of the service. @throws BuilderError, NoCredentialsError */
export async function awsStatus(context: AwsContext): Promise<PlatformStatus> {
  await requireAccount(context);
  const view = await viewPlatform(context);
  const { stacks, there, outputs, obsolete } = view;
  const isThere = stacks.some(({ name, scope }) => scope === 'environment' && there.has(name));
  const all = [...stacks, ...obsolete];
  return {
    environment: context.name,
    address: siteAddress(outputs, context.spec),
    parts: isThere ? all.map(({ name }) => partOf(name, there.get(name))) : [],
    service: isThere ? await serviceStatus(context, view) : undefined,
  };
}

function partOf(name: string, stack: Stack | undefined): PartStatus {
  if (stack === undefined) return { name, type: 'stack', state: 'missing' };
  const isWell = /^(CREATE|UPDATE|IMPORT)_COMPLETE$/.test(stack.status);
  const state = isWell ? 'healthy' : stack.status.endsWith('_IN_PROGRESS') ? 'starting' : 'unhealthy';
  return { name, type: 'stack', state, detail: stack.statusReason ?? stack.status };
}

async function serviceStatus(
  context: AwsContext,
  { outputs }: PlatformView,
): Promise<ServiceStatus | undefined> {
  const name = outputs.get('service')?.['ServiceName'];
  const cluster = outputs.get('cluster')?.['ClusterName'];
  if (name === undefined || cluster === undefined) return undefined;
  const { ecs } = servicesOf(context);
  const service = await ecs.service(cluster, name, context);
  if (service === undefined) return undefined;
  const primary = service.deployments[0]?.definition ?? service.definition;
  const tasks = await ecs.tasks(cluster, { service: name }, context);
  const running = tasks.find(({ definition }) => definition === primary);
  const container = running && siteContainerOf(running);
  const digest = container?.digest;
  return {
    name,
    desired: service.desired,
    running: service.running,
    healthy: tasks.filter(({ health, status }) => status === 'RUNNING' && health !== 'UNHEALTHY').length,
    revision: revisionOf(primary),
    digest,
    image: container?.image,
    wanted: await failedWish(context, digest),
    tasks: tasks.map(taskStatus),
  };
}

/** What was deployed last, where that was rolled back. */
async function failedWish(
  context: AwsContext,
  running: string | undefined,
): Promise<ServiceStatus['wanted']> {
  const [last] = await deploymentHistory(context);
  if (last === undefined || last.outcome === undefined || last.outcome === 'completed') return undefined;
  const digest = last.image?.split('@')[1] ?? '';
  if (digest === running) return undefined;
  const reason = last.reason ?? `the deployment of ${last.who} (${last.started}) ended as ${last.outcome}`;
  return { revision: last.wanted ?? '', digest, reason };
}

function taskStatus(task: EcsTask): ServiceStatus['tasks'][number] {
  const { status, health, startedAt } = task;
  return {
    name: task.id.slice(0, 6),
    type: 'container',
    state: status !== 'RUNNING' ? 'starting' : health === 'UNHEALTHY' ? 'unhealthy' : 'healthy',
    digest: siteContainerOf(task)?.digest,
    ageSeconds: startedAt === undefined ? undefined : Math.max(0, (Date.now() - startedAt.getTime()) / 1000),
    revision: revisionOf(task.definition),
  };
}
