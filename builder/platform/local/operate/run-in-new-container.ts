import type { ForegroundStreams } from '../../../engine/docker/resources/attached.js';
import { processIdentity } from '../../../system/process-identity.js';
import type { LocalContext } from '../local-context.js';
import { labels } from '../platform-names.js';
import { mainContainer, newTaskId } from '../service/service-task.js';
import { makeContainer } from '../start-task.js';
import type { TranslatedContainer, TranslatedTask } from '../task/translated-task.js';
import { type ExtraFile, taskVolumeNames, wantedContainers } from '../wanted-container.js';

/** Whose volumes, secrets and settings a command gets. */
export interface NewContainer {
  readonly task: TranslatedTask;
  readonly files: readonly ExtraFile[];
  readonly command: readonly string[];
}

const open = { OpenStdin: true, StdinOnce: true, AttachStdin: true, AttachStdout: true, AttachStderr: true };

/** Runs a command in a container of its own, made as that of a task would be; nothing of it stays. Gives its exit code. */
export async function runInNewContainer(
  { docker, names, secrets, signal }: LocalContext,
  { task, files, command }: NewContainer,
  streams: ForegroundStreams,
): Promise<number> {
  const place = {
    name: names.of(`exec-${newTaskId()}`),
    network: names.network,
    aliases: [],
    labels: { ...names.labels('exec'), [labels.owner]: processIdentity() },
    files,
    secrets,
  };
  const container = mainContainer(task.containers, ({ name }) => name);
  const [wanted] = wantedContainers({ containers: container === undefined ? [] : [alone(container)] }, place);
  if (wanted === undefined) throw new Error('the task has no container');
  const [program = '', ...rest] = command;
  const options = {
    ...wanted.options,
    ...open,
    Entrypoint: [program],
    Cmd: rest,
    Tty: streams.terminal,
    Healthcheck: { Test: ['NONE'] },
  };
  const own = taskVolumeNames(task, place);
  try {
    for (const [volume, settings] of own)
      await docker.volumes.create(volume, { ...settings, labels: { ...settings.labels, ...place.labels } });
    await makeContainer(docker, { ...wanted, options });
    return await docker.containers.startInForeground(wanted.name, streams, { signal });
  } finally {
    await docker.containers.remove(wanted.name);
    for (const [volume] of own) await docker.volumes.remove(volume);
  }
}

/** Without what it shares with others of its task, which are not there. */
function alone(container: TranslatedContainer): TranslatedContainer {
  const { HostConfig = {}, ...options } = container.options;
  const shared = ['NetworkMode', 'PidMode', 'IpcMode'].filter((key) =>
    String(HostConfig[key as keyof typeof HostConfig]).startsWith('container:'),
  );
  const own = Object.entries(HostConfig).filter(
    ([key]) => ![...shared, 'VolumesFrom', 'Links'].includes(key),
  );
  return { ...container, options: { ...options, HostConfig: Object.fromEntries(own) } };
}
