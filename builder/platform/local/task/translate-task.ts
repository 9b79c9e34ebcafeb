import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import { hostSettings } from './host-settings.js';
import type { ParsedTask } from './parse-task-definition.js';
import { startOrder } from './start-order.js';
import type { ContainerDefinition, TaskDefinition } from './task-definition.js';
import { containerMounts, sharedVolumes, taskVolumes } from './task-mounts.js';
import {
  namespaces,
  needsHolder,
  networkHolder,
  networkSettings,
  sharesNetwork,
  systemControls,
} from './task-network.js';
import { taskNotes } from './task-notes.js';
import { secretsOwner, taskSecrets } from './task-secrets.js';
import {
  type TaskSurroundings,
  type TranslatedContainer,
  type TranslatedTask,
  secretsFolder,
} from './translated-task.js';

/** ECS's own, where a definition says nothing: seconds. */
const defaults = { stopTimeout: 30, startTimeout: 180 } as const;
const second = 1e9;

/**
 * What Docker is asked for, for a task of ECS: settings for each container, and what platen does itself. Touches nothing.
 * Names of containers and of the task's volumes are the definition's; who makes them puts the task's before them, also in
 * `container:NAME` and `~VOLUME`.
 * @throws BuilderError where containers or volumes name others that are not there
 */
export function translateTask(parsed: ParsedTask, surroundings: TaskSurroundings): TranslatedTask {
  const { task } = parsed;
  const containers = startOrder(task.ContainerDefinitions);
  const translated = containers.map((container) => translateContainer(container, { task, surroundings }));
  return {
    containers: needsHolder(task) ? [holderOf(task, surroundings), ...translated] : translated,
    volumes: taskVolumes(task),
    sharedVolumes: sharedVolumes(task, surroundings),
    notes: taskNotes(parsed, translated, surroundings),
  };
}

interface Place {
  readonly task: TaskDefinition;
  readonly surroundings: TaskSurroundings;
}

function translateContainer(container: ContainerDefinition, place: Place): TranslatedContainer {
  const { task, surroundings } = place;
  const image = surroundings.images[container.Image];
  const { environment, ...secrets } = taskSecrets(container, image);
  const user = container.User ?? image?.user ?? '';
  return {
    name: container.Name,
    options: containerOptions(container, environment, place),
    essential: container.Essential ?? true,
    ...secrets,
    secretsOwner: secretsOwner(user),
    dependsOn: container.DependsOn ?? [],
    restartPolicy: container.RestartPolicy,
    startTimeout: container.StartTimeout ?? defaults.startTimeout,
    stopTimeout: container.StopTimeout ?? defaults.stopTimeout,
    healthCheck: healthCommand(container, task),
  };
}

function containerOptions(
  container: ContainerDefinition,
  secretEnvironment: readonly string[],
  { task, surroundings }: Place,
): ContainerOptions {
  const { Environment = [], Command, EntryPoint, WorkingDirectory, User } = container;
  const { Binds, Volumes } = containerMounts(container, task, surroundings);
  const network = sharesNetwork(task) ? { HostConfig: {} } : networkSettings([container], surroundings);
  const sharesIpc = needsHolder(task) && task.IpcMode === 'task';
  const image = surroundings.images[container.Image];
  return {
    ...network,
    Image: image?.id ?? container.Image,
    Env: [...Environment.map(({ Name, Value }) => `${Name}=${Value}`), ...secretEnvironment],
    Volumes: { ...Volumes, ...(secretEnvironment.length > 0 ? { [secretsFolder]: {} } : {}) },
    Labels: { ...tagLabels(task), ...container.DockerLabels },
    Tty: container.PseudoTerminal ?? false,
    OpenStdin: container.Interactive ?? false,
    StopTimeout: container.StopTimeout ?? defaults.stopTimeout,
    Healthcheck: dockerHealthCheck(container),
    ...(Command === undefined ? {} : { Cmd: Command }),
    ...(EntryPoint === undefined ? {} : { Entrypoint: EntryPoint }),
    ...(WorkingDirectory === undefined ? {} : { WorkingDir: WorkingDirectory }),
    ...(User === undefined ? {} : { User }),
    HostConfig: {
      ...network.HostConfig,
      ...hostSettings(container, task, surroundings.openFiles),
      ...namespaces(container, task),
      ...sysctls(network.HostConfig.Sysctls, sharesIpc ? {} : systemControls([container], 'ipc')),
      ...(container.Links === undefined ? {} : { Links: container.Links }),
      Binds,
      VolumesFrom: (container.VolumesFrom ?? []).map(
        ({ SourceContainer, ReadOnly }) => `${SourceContainer}${ReadOnly ? ':ro' : ''}`,
      ),
    },
  };
}

/** None of them are no setting. */
function sysctls(...of: readonly (Readonly<Record<string, string>> | undefined)[]) {
  const all: Record<string, string> = Object.assign({}, ...of);
  return Object.keys(all).length === 0 ? {} : { Sysctls: all };
}

function tagLabels({ Tags = [] }: TaskDefinition): Record<string, string> {
  return Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value]));
}

/** ECS looks at checks of the definition alone, not at the image's. */
function dockerHealthCheck({
  HealthCheck: check,
}: ContainerDefinition): NonNullable<ContainerOptions['Healthcheck']> {
  if (check === undefined) return { Test: ['NONE'] };
  return {
    Test: [...check.Command],
    Interval: (check.Interval ?? 30) * second,
    Timeout: (check.Timeout ?? 5) * second,
    Retries: check.Retries ?? 3,
    StartPeriod: (check.StartPeriod ?? 0) * second,
  };
}

function healthCommand({ HealthCheck: check }: ContainerDefinition, _task: TaskDefinition) {
  return check?.Command[0] === 'NONE' ? undefined : check?.Command;
}

/** Does nothing but to hold what the others share; ended last, at once. */
function holderOf(task: TaskDefinition, surroundings: TaskSurroundings): TranslatedContainer {
  const containers = task.ContainerDefinitions;
  const { HostConfig, ...network } = sharesNetwork(task)
    ? networkSettings(containers, surroundings)
    : { HostConfig: { NetworkMode: 'none' } };
  const ipc = task.IpcMode === 'task' ? systemControls(containers, 'ipc') : {};
  const [first] = containers;
  const image = first === undefined ? undefined : surroundings.images[first.Image];
  return {
    name: networkHolder,
    options: {
      ...network,
      Image: image?.id ?? first?.Image ?? '',
      Entrypoint: ['sleep', 'infinity'],
      Cmd: [],
      StopSignal: 'SIGKILL',
      Healthcheck: { Test: ['NONE'] },
      HostConfig: {
        ...HostConfig,
        ...sysctls('Sysctls' in HostConfig ? HostConfig.Sysctls : undefined, ipc),
        IpcMode: 'shareable',
      },
    },
    essential: true,
    secretFiles: [],
    secretVariables: [],
    secretsOwner: { uid: 0, gid: 0 },
    dependsOn: [],
    restartPolicy: undefined,
    startTimeout: defaults.startTimeout,
    stopTimeout: 0,
    healthCheck: undefined,
  };
}
