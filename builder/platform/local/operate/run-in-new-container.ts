import type { ForegroundStreams } from '../../../engine/docker/resources/attached.js';
import { processIdentity } from '../../../system/process-identity.js';
import type { LocalContext } from '../local-context.js';
import { labels } from '../platform-names.js';
import { newTaskId } from '../service/service-task.js';
import { makeContainer } from '../start-task.js';
import type { TranslatedTask } from '../task/translated-task.js';
import { type ExtraFile, wantedContainers } from '../wanted-container.js';

/** Whose volumes, secrets and settings a command gets. */
export interface NewContainer {
  readonly task: TranslatedTask;
  readonly files: readonly ExtraFile[];
  readonly command: readonly string[];
}

const open = { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true };

/** Runs a command in a container of its own, as the last one of a task would be; nothing of it stays. Gives its exit code. */
export async function runInNewContainer(
  { docker, names, secrets, signal }: LocalContext,
  { task, files, command }: NewContainer,
  streams: ForegroundStreams,
): Promise<number> {
  const containers = wantedContainers(
    { ...task, containers: task.containers.slice(-1) },
    {
      name: names.of(`exec-${newTaskId()}`),
      network: names.network,
      aliases: [],
      labels: { ...names.labels('exec'), [labels.owner]: processIdentity() },
      files,
      secrets,
    },
  );
  const [container] = containers;
  if (container === undefined) throw new Error('the task has no container');
  const [program = '', ...rest] = command;
  const options = {
    ...container.options,
    ...open,
    Entrypoint: [program],
    Cmd: rest,
    Tty: streams.terminal,
    Healthcheck: { Test: ['NONE'] },
  };
  try {
    await makeContainer(docker, { ...container, options });
    return await docker.containers.startInForeground(container.name, streams, { signal });
  } finally {
    await docker.containers.remove(container.name);
  }
}
