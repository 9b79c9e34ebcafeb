import type { DockerResources } from '../../../engine/docker/resources/docker-resources.js';
import { processIdentity, isRunning } from '../../../system/process-identity.js';
import { machineArchitecture, openFilesLimit } from '../machine.js';
import { labels } from '../platform-names.js';
import { newTaskId } from '../service/service-task.js';
import { startTask } from '../start-task.js';
import type { ParsedTask } from '../task/parse-task-definition.js';
import { translateTask } from '../task/translate-task.js';
import {
  type SecretSource,
  type WantedContainer,
  taskVolumeNames,
  wantedContainers,
} from '../wanted-container.js';
import { taskImages } from './task-images.js';
import { type TaskEnd, superviseTask } from './supervise-task.js';
import { volumeNotes } from './volume-notes.js';

/** What a task that is run by itself meets. */
export interface TaskRun {
  readonly docker: DockerResources;
  readonly secrets: SecretSource;
  readonly signal: AbortSignal;
  /** Something the user should know. */
  note(text: string): void;
  /** A line that a container logged. */
  log(container: string, text: string): void;
}

/** What finds everything of tasks that are run by themselves. */
const ownLabel = 'platen.run-task';
const everyMs = 500;

/**
 * Runs a task of ECS by itself until an essential container ends, or the signal: then it is stopped, and nothing of it is left, its
 * volumes included. @throws BuilderError, TaskFailure
 */
export async function runLocalTask(parsed: ParsedTask, run: TaskRun): Promise<TaskEnd | undefined> {
  const { docker, secrets, signal } = run;
  await sweep(docker);
  const name = `platen-task-${newTaskId()}`;
  const translated = translateTask(parsed, {
    images: await taskImages(docker, parsed.task),
    sharedVolume: ({ Name }) => `${name}-${Name}`,
    publishAt: '127.0.0.1',
    architecture: machineArchitecture(),
    openFiles: openFilesLimit(),
  });
  for (const text of [...translated.notes, ...volumeNotes(parsed.task)]) run.note(text);
  const own = { [ownLabel]: name, [labels.owner]: processIdentity() };
  const containers = wantedContainers(translated, {
    name,
    network: name,
    aliases: [],
    labels: own,
    files: [],
    secrets,
  });
  const logging = new AbortController();
  try {
    await docker.networks.create(name, { labels: own });
    for (const [volume, settings] of [
      ...taskVolumeNames(translated, { name }),
      ...Object.entries(translated.sharedVolumes),
    ])
      await docker.volumes.create(volume, { ...settings, labels: { ...settings.labels, ...own } });
    await startTask(docker, containers, {
      signal,
      onStart: (container) => void follow(run, container, logging.signal),
    });
    await tellPorts(run, containers);
    return await superviseTask(containers, docker.containers, { signal, everyMs, note: run.note });
  } catch (error) {
    if (signal.aborted) return undefined;
    throw error;
  } finally {
    await stop(docker, containers);
    logging.abort();
    await removeAll(docker, { ...own });
  }
}

/** In the reverse order of their start, each with its time, as ECS does it. */
async function stop(docker: DockerResources, containers: readonly WantedContainer[]): Promise<void> {
  for (const { name, translated } of containers.toReversed())
    await docker.containers.stop(name, translated.stopTimeout);
}

async function follow(
  { docker, log }: TaskRun,
  { name, translated }: WantedContainer,
  signal: AbortSignal,
): Promise<void> {
  try {
    const lines = docker.containers.logs(name, { follow: true, signal });
    for await (const { text } of lines) log(translated.name, text);
  } catch {
    // It ended before it said anything.
  }
}

async function tellPorts({ docker, note }: TaskRun, containers: readonly WantedContainer[]): Promise<void> {
  const publishing = await Promise.all(
    containers.map(async ({ name, translated }) => ({
      of: translated.name,
      ports: Object.entries((await docker.containers.find(name))?.ports ?? {}),
    })),
  );
  const isOne = publishing.filter(({ ports }) => ports.length > 0).length === 1;
  for (const { of, ports } of publishing)
    for (const [port, place] of ports) note(`${isOne ? port : `${port} of ${of}`} is at ${place}`);
}

async function removeAll(docker: DockerResources, own: Readonly<Record<string, string>>): Promise<void> {
  for (const { id } of await docker.containers.list(own)) await docker.containers.remove(id);
  for (const { name } of await docker.volumes.list(own)) await docker.volumes.remove(name);
  for (const { name } of await docker.networks.list(own)) await docker.networks.remove(name);
}

/** Tasks whose platen was killed. */
async function sweep(docker: DockerResources): Promise<void> {
  const any = { [ownLabel]: '' };
  const [containers, volumes, networks] = await Promise.all([
    docker.containers.list(any),
    docker.volumes.list(any),
    docker.networks.list(any),
  ]);
  const owners = [...containers, ...volumes, ...networks].map((one) => one.labels[labels.owner] ?? '');
  for (const owner of new Set(owners))
    if (isRunning(owner) === false) await removeAll(docker, { ...any, [labels.owner]: owner });
}
