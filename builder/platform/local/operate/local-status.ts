import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import type { ContainerUsage } from '../../../engine/docker/resources/container-usage.js';
import type { PartStatus, PlatformStatus, ServiceStatus } from '../../platform-status.js';
import { type FoundPlatform, findPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { type ServiceTask, serviceName } from '../service/service-task.js';
import { type Target, TargetGroup } from '../service/target-group.js';
import { siteAddress } from '../site-address.js';

/** Requests are counted for so long. */
const sampleMs = 1000;

/** How everything stands, with what is used and asked just now: takes a second. */
export async function localStatus(context: LocalContext): Promise<PlatformStatus> {
  const found = await findPlatform(context);
  const [usage, targets] = await Promise.all([usageOf(context, found), sampledTargets(context, found)]);
  const parts = Object.entries(found.parts).map(([name, facts]) => partStatus(name, facts, usage));
  const others: PartStatus[] = [
    ...(found.network === undefined
      ? []
      : [
          {
            name: 'network',
            type: 'network' as const,
            state: 'present' as const,
            detail: found.network.subnet,
          },
        ]),
    ...found.volumes.map((volume) => ({
      name: volume.slice(context.names.of('').length),
      type: 'volume' as const,
      state: 'present' as const,
    })),
  ];
  const service = serviceStatus(found, usage, targets);
  return {
    environment: context.names.environment,
    address: service?.healthy ? siteAddress(context.spec) : undefined,
    parts: [...parts, ...others],
    service,
  };
}

type Usages = ReadonlyMap<string, ContainerUsage>;

async function usageOf({ docker }: LocalContext, { parts, tasks }: FoundPlatform): Promise<Usages> {
  const running = [...Object.values(parts), ...tasks.flatMap(({ containers }) => containers)].filter(
    ({ state }) => state === 'running',
  );
  const found = await Promise.all(
    running.map(async ({ id }) => [id, await docker.containers.usage(id).catch(() => undefined)] as const),
  );
  return new Map(found.filter((pair): pair is [string, ContainerUsage] => pair[1] !== undefined));
}

/** Targets by name, with the requests a second that they got meanwhile. */
async function sampledTargets(
  { docker, names }: LocalContext,
  { parts }: FoundPlatform,
): Promise<ReadonlyMap<string, Target & { readonly rate: number }>> {
  if (parts['loadbalancer']?.state !== 'running') return new Map();
  const group = new TargetGroup(docker, names.of('loadbalancer'));
  try {
    const before = new Map((await group.list()).map((target) => [target.name, target.requests]));
    const since = performance.now();
    await sleep(sampleMs);
    const after = await group.list();
    const seconds = (performance.now() - since) / 1000;
    const rate = ({ name, requests }: Target): number =>
      Math.max(0, requests - (before.get(name) ?? requests)) / seconds;
    return new Map(after.map((target) => [target.name, { ...target, rate: rate(target) }]));
  } catch {
    // It may be going down while it is asked.
    return new Map();
  }
}

function partStatus(name: string, facts: ContainerFacts, usage: Usages): PartStatus {
  const used = usage.get(facts.id);
  const isUp = facts.state === 'running';
  return {
    name,
    type: 'container',
    state: isUp ? (facts.health ?? 'healthy') : 'stopped',
    ...(isUp ? {} : { detail: `${facts.state}, exit code ${facts.exitCode}` }),
    ...(facts.health === 'unhealthy' ? { detail: facts.healthOutput } : {}),
    digest: facts.image,
    address: Object.values(facts.ports).join(', ') || undefined,
    ageSeconds: ageOf(isUp ? facts.startedAt : facts.finishedAt),
    restarts: facts.restarts,
    processors: used?.processors,
    memory: used?.memory,
  };
}

function serviceStatus(
  { tasks, records }: FoundPlatform,
  usage: Usages,
  targets: ReadonlyMap<string, Target & { readonly rate: number }>,
): ServiceStatus | undefined {
  const running = records.find(({ outcome }) => outcome === 'completed');
  const [last] = records;
  if (running === undefined && tasks.length === 0 && last === undefined) return undefined;
  const all = tasks.map((task) => taskStatus(task, usage, targets.get(task.id)));
  const wanted = last?.outcome === 'failed' ? last : undefined;
  return {
    name: serviceName,
    desired: running?.desired ?? 0,
    running: tasks.filter(({ runs }) => runs).length,
    healthy: all.filter(({ state }) => state === 'healthy').length,
    revision: running === undefined ? undefined : String(running.revision),
    digest: running?.image,
    ...(wanted === undefined
      ? {}
      : { wanted: { revision: String(wanted.revision), digest: wanted.image, reason: wanted.reason ?? '' } }),
    tasks: all,
  };
}

function taskStatus(
  task: ServiceTask,
  usage: Usages,
  target: (Target & { readonly rate: number }) | undefined,
): ServiceStatus['tasks'][number] {
  const [first] = task.containers;
  const own = first === undefined ? undefined : partStatus(`${serviceName} ${task.id}`, first, usage);
  const state = !task.runs ? 'stopped' : target === undefined ? 'starting' : states[target.state];
  const reason = target?.reason === '' ? undefined : target?.reason;
  return {
    name: `${serviceName} ${task.id}`,
    type: 'container',
    ...own,
    state,
    detail: own?.detail ?? reason,
    address: task.address,
    revision: String(task.revision),
    requestsPerSecond: target?.rate,
  };
}

const states = {
  initial: 'starting',
  healthy: 'healthy',
  unhealthy: 'unhealthy',
  draining: 'draining',
} as const;

function ageOf(time: string): number {
  return Math.max(0, Math.round((Date.now() - Date.parse(time)) / 1000));
}
