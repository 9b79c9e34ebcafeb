import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerFacts } from '../../engine/docker/resources/container-facts.js';
import type { DockerResources } from '../../engine/docker/resources/docker-resources.js';
import { BuilderError } from '../../errors.js';
import { type Clock, systemClock } from '../../system/clock.js';
import { secretsFolder } from './task/translated-task.js';
import type { WantedContainer } from './wanted-container.js';

/** How often it is looked whether something is so far. */
const pollMs = 100;

/** A task did not become what it should: how it ended, and the end of its log. */
export class TaskFailure extends BuilderError {
  readonly exitCode: number | undefined;
  readonly log: readonly string[];

  constructor(message: string, { exitCode, log }: { exitCode?: number | undefined; log: readonly string[] }) {
    super(message, { code: 'failed' });
    this.exitCode = exitCode;
    this.log = log;
  }
}

/**
 * Makes the containers of a task with their secrets and starts each as soon as those that it depends on are so far.
 * @param onStart told of each that was started
 * @throws BuilderError, TaskFailure
 */
export async function startTask(
  docker: DockerResources,
  containers: readonly WantedContainer[],
  { signal, onStart }: { readonly signal: AbortSignal; onStart?(container: WantedContainer): void },
): Promise<void> {
  for (const container of containers) {
    await makeContainer(docker, container);
    await dependenciesMet(docker, container, containers, signal);
    await docker.containers.start(container.name);
    onStart?.(container);
  }
}

/** Makes a container with its files; what is left of an earlier try goes first. */
export async function makeContainer(docker: DockerResources, wanted: WantedContainer): Promise<void> {
  await docker.containers.remove(wanted.name);
  await docker.containers.create(wanted.name, wanted.options);
  if (wanted.files.length > 0) await docker.containers.putFiles(wanted.name, secretsFolder, wanted.files);
}

async function dependenciesMet(
  docker: DockerResources,
  { name, translated }: WantedContainer,
  containers: readonly WantedContainer[],
  signal: AbortSignal,
): Promise<void> {
  for (const { ContainerName, Condition } of translated.dependsOn) {
    const other = containers.find((one) => one.translated.name === ContainerName);
    if (other === undefined) continue;
    const isMet = conditions[Condition];
    const end = performance.now() + other.translated.startTimeout * 1000;
    while (!(await isMet(docker, other))) {
      signal.throwIfAborted();
      if (performance.now() > end)
        throw await taskFailure(docker, other, `${name} waits for it to be ${Condition}, for too long`);
      await sleep(pollMs);
    }
  }
}

type Condition = (docker: DockerResources, other: WantedContainer) => Promise<boolean>;

const conditions: Readonly<Record<'START' | 'COMPLETE' | 'SUCCESS' | 'HEALTHY', Condition>> = {
  START: async (docker, { name }) => (await docker.containers.find(name))?.state !== 'created',
  COMPLETE: async (docker, { name }) => (await docker.containers.find(name))?.state === 'exited',
  SUCCESS: async (docker, other) => {
    const facts = await docker.containers.find(other.name);
    if (facts?.state === 'exited' && facts.exitCode !== 0)
      throw await taskFailure(docker, other, 'it failed');
    return facts?.state === 'exited';
  },
  HEALTHY: (docker, other) => isHealthy(docker, other),
};

/** How long a task may take to be healthy. */
export interface Patience {
  readonly seconds: number;
  /** So long after the start it may be unhealthy, too. */
  readonly graceSeconds?: number;
  readonly signal: AbortSignal;
  readonly clock?: Clock;
}

/** Waits until all essential containers of a task are healthy. @throws TaskFailure where one ends or takes too long */
export async function awaitHealthy(
  docker: DockerResources,
  containers: readonly WantedContainer[],
  { seconds, graceSeconds = 0, signal, clock = systemClock }: Patience,
): Promise<void> {
  const started = clock.now();
  const passed = (): number => (clock.now() - started) / 1000;
  for (const container of containers.filter(({ translated }) => translated.essential))
    while (!(await isHealthy(docker, container, passed() < graceSeconds))) {
      signal.throwIfAborted();
      if (passed() > seconds) throw await taskFailure(docker, container, `not healthy after ${seconds} s`);
      await clock.sleep(pollMs);
    }
}

/**
 * Runs the container's own check now: Docker runs it for the first time when the interval is over, and has no
 * shorter one for the start before API 1.44.
 * @param isGrace an unhealthy container is one that is not healthy yet
 * @throws TaskFailure where the container has ended, or Docker has given it up
 */
export async function isHealthy(
  docker: DockerResources,
  wanted: WantedContainer,
  isGrace = false,
): Promise<boolean> {
  const facts = await docker.containers.find(wanted.name);
  if (facts === undefined) throw new TaskFailure(`${wanted.name} is gone`, { log: [] });
  if (facts.state === 'exited' || facts.state === 'dead' || facts.restarts > 0)
    throw await taskFailure(docker, wanted, endOf(facts));
  if (facts.health === 'unhealthy' && !isGrace)
    throw await taskFailure(docker, wanted, `it is unhealthy: ${facts.healthOutput}`);
  if (wanted.translated.healthCheck === undefined || facts.health === 'healthy')
    return facts.state === 'running';
  const argv = checkCommand(wanted.translated.healthCheck);
  // Docker refuses where the container has just ended: the next look tells how.
  const result = await docker.containers.run(wanted.name, { argv }).catch(() => undefined);
  return result?.exitCode === 0;
}

/** `["CMD", …]` and `["CMD-SHELL", …]` as a command. */
export function checkCommand([kind, ...words]: readonly string[]): string[] {
  return kind === 'CMD-SHELL' ? ['/bin/sh', '-c', words.join(' ')] : words;
}

function endOf({ exitCode, outOfMemory, problem }: ContainerFacts): string {
  if (outOfMemory) return `it ended with exit code ${exitCode}: out of memory`;
  return `it ended with exit code ${exitCode}${problem === '' ? '' : `: ${problem}`}`;
}

/** What to tell of a container that failed. */
export async function taskFailure(
  docker: DockerResources,
  { name }: Pick<WantedContainer, 'name'>,
  why: string,
): Promise<TaskFailure> {
  const facts = await docker.containers.find(name);
  const hasEnded = facts?.state === 'exited' || facts?.state === 'dead';
  return new TaskFailure(`${name}: ${why}`, {
    exitCode: hasEnded ? facts.exitCode : undefined,
    log: await lastLines(docker, name, 20),
  });
}

/** The end of a container's log, oldest first. */
export async function lastLines(docker: DockerResources, name: string, count: number): Promise<string[]> {
  const lines: string[] = [];
  try {
    for await (const { text } of docker.containers.logs(name, { tail: count })) lines.push(text);
  } catch {
    // One that never started has no log.
  }
  return lines.slice(-count);
}
