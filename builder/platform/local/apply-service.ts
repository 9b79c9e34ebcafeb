import type { DeploymentOutcome } from '../driver.js';
import type { FoundPlatform } from './found-platform.js';
import type { LocalContext } from './local-context.js';
import { labels } from './platform-names.js';
import { type DeploymentRecord, DeploymentRecords } from './service/deployment-record.js';
import { RollingDeployment } from './service/rolling-deployment.js';
import { type ServiceTask, serviceName, serviceTasks } from './service/service-task.js';
import { type Release, TaskLauncher } from './service/task-launcher.js';
import type { TaskFailure } from './start-task.js';
import type { WantedService } from './wanted-platform.js';

export interface ServiceWish {
  readonly service: WantedService;
  readonly found: FoundPlatform;
  readonly desired: number;
  readonly subnet: string;
}

/** Deploys a release, or brings back what is missing of the one that runs; rolls back where the circuit breaker says so. */
export async function applyService(context: LocalContext, wish: ServiceWish): Promise<DeploymentOutcome> {
  const started = performance.now();
  const { found, desired } = wish;
  const previous = found.records.find(({ outcome }) => outcome === 'completed');
  const release = releaseOf(wish, previous);
  const records = new DeploymentRecords(context.docker, context.names);
  const failure = await rollOut(context, wish, { release, desired, state: 'in-progress' });
  const record = { ...release, desired, ended: new Date().toISOString() };
  if (failure === undefined) {
    await records.add({ ...record, outcome: 'completed' });
    return report(context, started, {
      outcome: 'completed',
      revision: String(release.revision),
      wanted: String(release.revision),
    });
  }
  const { exitCode, log, message: reason } = failure;
  await records.add({ ...record, outcome: 'failed', reason, exitCode, log });
  const back = await goBack(context, wish, previous);
  const [outcome, revision] = back
    ? (['rolled-back', String(previous?.revision)] as const)
    : (['failed', ''] as const);
  return report(context, started, {
    outcome,
    revision,
    wanted: String(release.revision),
    reason,
    exitCode,
    log,
  });
}

/** Drains and ends all tasks; the service comes back by `applyService`. */
export async function stopService(context: LocalContext, wish: ServiceWish): Promise<void> {
  const tasks = await currentTasks(context);
  const launcher = launcherOf(context, wish, tasks);
  await Promise.all(tasks.map((task) => launcher.retire(task)));
}

function releaseOf({ service, found }: ServiceWish, previous: DeploymentRecord | undefined): Release {
  const { image, definition, task } = service;
  const same = previous?.definition === definition ? previous.revision : undefined;
  const unfinished = found.tasks.find((one) => one.definition === definition)?.revision;
  const highest = Math.max(
    0,
    ...found.records.map((one) => one.revision),
    ...found.tasks.map((one) => one.revision),
  );
  return { revision: same ?? unfinished ?? highest + 1, image, definition, task };
}

/** To the release before, or to no task at all where there is none. Says whether something runs then. */
async function goBack(
  context: LocalContext,
  wish: ServiceWish,
  previous: DeploymentRecord | undefined,
): Promise<boolean> {
  if (previous !== undefined && wish.service.settings.breaker?.Rollback === true) {
    const failure = await rollOut(context, wish, {
      release: previous,
      desired: previous.desired,
      state: 'rolling-back',
    });
    return failure === undefined;
  }
  const launcher = launcherOf(context, wish, []);
  for (const task of await currentTasks(context))
    if (task.definition === wish.service.definition) await launcher.remove(task.id);
  return false;
}

async function rollOut(
  context: LocalContext,
  wish: ServiceWish,
  { release, desired, state }: { release: Release; desired: number; state: 'in-progress' | 'rolling-back' },
): Promise<TaskFailure | undefined> {
  const tasks = await currentTasks(context);
  const launcher = launcherOf(context, wish, tasks);
  const targets = await launcher.targets.list();
  const known = new Set(tasks.map(({ id }) => id));
  for (const { name } of targets) if (!known.has(name)) await launcher.targets.deregister(name, 0);
  const healthy = new Set(targets.filter((target) => target.state === 'healthy').map(({ name }) => name));
  const { settings } = wish.service;
  const { reporter, signal } = context;
  reporter.report({ kind: 'part-started', part: serviceName, action: 'update' });
  return new RollingDeployment(
    launcher,
    { release, desired, settings, state, reporter, signal },
    tasks,
    healthy,
  ).run();
}

function launcherOf(
  context: LocalContext,
  { service, subnet }: ServiceWish,
  tasks: readonly ServiceTask[],
): TaskLauncher {
  const taken = tasks.flatMap((task) => task.containers.map((facts) => facts.labels[labels.address] ?? ''));
  return new TaskLauncher(context, { settings: service.settings, files: service.files, subnet, taken });
}

async function currentTasks({ docker, names }: LocalContext): Promise<ServiceTask[]> {
  return serviceTasks(await docker.containers.list(names.all), names.network);
}

function report({ reporter }: LocalContext, started: number, outcome: DeploymentOutcome): DeploymentOutcome {
  const { revision, reason } = outcome;
  const ms = performance.now() - started;
  reporter.report({
    kind: 'deployment-done',
    service: serviceName,
    revision,
    outcome: outcome.outcome,
    ms,
    reason,
  });
  return outcome;
}
