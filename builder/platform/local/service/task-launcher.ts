import { type Clock, systemClock } from '../../../system/clock.js';
import type { LocalContext } from '../local-context.js';
import { addressIn, labels } from '../platform-names.js';
import { awaitHealthy, startTask, taskFailure } from '../start-task.js';
import type { TranslatedTask } from '../task/translated-task.js';
import {
  type ExtraFile,
  type WantedContainer,
  taskVolumeNames,
  wantedContainers,
} from '../wanted-container.js';
import type { ServiceSettings } from './service-settings.js';
import { type ServiceTask, serviceName } from './service-task.js';
import { type Target, TargetGroup } from './target-group.js';

/** What a deployment brings: a task with its number. */
export interface Release {
  readonly revision: number;
  readonly image: string;
  readonly definition: string;
  readonly task: TranslatedTask;
}

/** Addresses of tasks: last numbers. */
const numbers = { first: 100, last: 250 } as const;
const pollMs = 150;

/** Starts and ends tasks of the service, as ECS and its load balancer do. */
export class TaskLauncher {
  readonly targets: TargetGroup;
  readonly #context: LocalContext;
  readonly #settings: ServiceSettings;
  readonly #subnet: string;
  readonly #files: readonly ExtraFile[];
  readonly #taken: Set<string>;
  readonly #clock: Clock;
  #listed: { readonly at: number; readonly targets: Promise<Target[]> } | undefined;

  constructor(
    context: LocalContext,
    options: {
      readonly settings: ServiceSettings;
      readonly subnet: string;
      readonly files: readonly ExtraFile[];
      /** Addresses that other tasks have. */
      readonly taken: readonly string[];
      readonly clock?: Clock | undefined;
    },
  ) {
    this.#context = context;
    this.#settings = options.settings;
    this.#subnet = options.subnet;
    this.#files = options.files;
    this.#taken = new Set(options.taken);
    this.#clock = options.clock ?? systemClock;
    this.targets = new TargetGroup(context.docker, context.names.of('loadbalancer'));
  }

  /** Starts a task and waits until it is healthy, and so is its target. @param id of the new task @throws TaskFailure */
  async launch(id: string, release: Release): Promise<void> {
    const { docker, names, reporter, signal } = this.#context;
    const started = performance.now();
    reporter.report({ kind: 'part-started', part: `${serviceName} ${id}`, action: 'create' });
    const address = this.#freeAddress();
    const containers = this.#containers(id, release, address);
    const place = { name: names.of(`${serviceName}-${id}`) };
    for (const [volume, settings] of taskVolumeNames(release.task, place))
      await docker.volumes.create(volume, {
        ...settings,
        labels: { ...settings.labels, ...names.labels(serviceName), [labels.task]: id },
      });
    await startTask(docker, containers, { signal });
    await this.targets.register(id, `${address}:${this.#settings.port}`);
    await this.#becomesHealthy(id, containers);
    reporter.report({ kind: 'part-healthy', part: `${serviceName} ${id}`, ms: performance.now() - started });
  }

  /** Waits until a task of an earlier run, started or not, is healthy. @throws TaskFailure */
  async adopt(task: ServiceTask, release: Release): Promise<void> {
    const address = task.containers[0]?.labels[labels.address] ?? task.address;
    const containers = this.#containers(task.id, release, address);
    for (const { name } of containers) await this.#context.docker.containers.start(name);
    await this.targets.register(task.id, `${address}:${this.#settings.port}`);
    await this.#becomesHealthy(task.id, containers);
  }

  /** Takes a task out of the load balancer, lets it answer, stops it and removes it. */
  async retire(task: ServiceTask): Promise<void> {
    const { docker, reporter } = this.#context;
    const part = `${serviceName} ${task.id}`;
    let since = performance.now();
    reporter.report({ kind: 'part-started', part, action: 'drain' });
    await this.targets.deregister(task.id, this.#settings.deregistrationSeconds);
    reporter.report({ kind: 'part-drained', part, ms: performance.now() - since });
    since = performance.now();
    for (const { id, labels: own } of task.containers.toReversed())
      await docker.containers.stop(id, stopSeconds(own[labels.definition], own[labels.container] ?? ''));
    const codes = await Promise.all(task.containers.map(({ id }) => docker.containers.find(id)));
    await this.remove(task.id);
    const exitCode = codes.find(
      (facts) => facts?.labels[labels.container] === this.#settings.container,
    )?.exitCode;
    reporter.report({ kind: 'part-stopped', part, ms: performance.now() - since, exitCode });
  }

  /** Removes all of a task, at once. */
  async remove(id: string): Promise<void> {
    const { docker, names } = this.#context;
    await this.targets.deregister(id, 0);
    for (const { id: container } of await docker.containers.list({ ...names.all, [labels.task]: id }))
      await docker.containers.remove(container);
    for (const { name } of await docker.volumes.list({ ...names.all, [labels.task]: id }))
      await docker.volumes.remove(name);
  }

  /** The load balancer's word on a task; asked once for all that ask at the same time. */
  async target(id: string): Promise<Target | undefined> {
    const now = this.#clock.now();
    if (this.#listed === undefined || now - this.#listed.at > pollMs)
      this.#listed = { at: now, targets: this.targets.list() };
    return (await this.#listed.targets).find(({ name }) => name === id);
  }

  async #becomesHealthy(id: string, containers: readonly WantedContainer[]): Promise<void> {
    const { docker, signal } = this.#context;
    const { graceSeconds } = this.#settings;
    const clock = this.#clock;
    const seconds = Math.max(patience(containers), graceSeconds);
    await awaitHealthy(docker, containers, { seconds, graceSeconds, signal, clock });
    const end = clock.now() + Math.max(10, graceSeconds) * 1000;
    for (;;) {
      signal.throwIfAborted();
      const target = await this.target(id);
      if (target?.state === 'healthy') break;
      const asked = containers.find(({ translated }) => translated.name === this.#settings.container);
      if (clock.now() > end && asked !== undefined)
        throw await taskFailure(
          docker,
          asked,
          `its target is ${target?.state ?? 'gone'} (${target?.reason ?? ''})`,
        );
      await clock.sleep(pollMs);
    }
    for (const { name, translated } of containers)
      if (translated.essential || translated.restartPolicy?.Enabled === true)
        await docker.containers.keepRunning(name);
  }

  #containers(id: string, { revision, definition, task }: Release, address: string): WantedContainer[] {
    const { names, secrets } = this.#context;
    return wantedContainers(task, {
      name: names.of(`${serviceName}-${id}`),
      network: names.network,
      address,
      aliases: [`${serviceName}-${id}`],
      labels: {
        ...names.labels(serviceName),
        [labels.task]: id,
        [labels.revision]: String(revision),
        [labels.definition]: definition,
        [labels.address]: address,
      },
      files: this.#files,
      secrets,
    });
  }

  #freeAddress(): string {
    for (let number: number = numbers.first; number <= numbers.last; number += 1) {
      const address = addressIn(this.#subnet, number);
      if (this.#taken.has(address)) continue;
      this.#taken.add(address);
      return address;
    }
    throw new Error('no address is free');
  }
}

/** As Docker gives a container up: its start period, and then all its checks. */
function patience(containers: readonly WantedContainer[]): number {
  const seconds = containers.map(({ options: { Healthcheck: check } }) =>
    check?.Interval === undefined
      ? 60
      : ((check.StartPeriod ?? 0) + check.Interval * (check.Retries ?? 3)) / 1e9,
  );
  return Math.max(...seconds);
}

/** What the definition that a container was made of says. */
function stopSeconds(definition: string | undefined, container: string): number {
  const { containers } = JSON.parse(definition ?? '{"containers":[]}') as {
    containers: { name: string; stopTimeout: number }[];
  };
  return containers.find(({ name }) => name === container)?.stopTimeout ?? 30;
}
