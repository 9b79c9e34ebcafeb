import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import { hostSettings } from './host-settings.js';
import type { ParsedTask } from './parse-task-definition.js';
import { startOrder } from './start-order.js';
import type { ContainerDefinition, TaskDefinition } from './task-definition.js';
import { containerMounts, taskVolumes } from './task-mounts.js';
import { namespaces, networkHolder, networkSettings } from './task-network.js';
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
 * The containers' names are the definition's; who makes them puts the task's before them, also in `container:NAME`.
 * @throws BuilderError where containers or volumes name others that are not there
 */
export function translateTask(parsed: ParsedTask, surroundings: TaskSurroundings): TranslatedTask {
  const { task } = parsed;
  const containers = startOrder(task.ContainerDefinitions);
  const holder = containers.length > 1 && task.NetworkMode !== 'host' ? networkHolder : undefined;
  const translated = containers.map((container) =>
    translateContainer(container, { task, surroundings, holder }),
  );
  return {
    containers: holder === undefined ? translated : [holderOf(task, surroundings), ...translated],
    volumes: taskVolumes(task, surroundings),
    notes: taskNotes(parsed, translated, surroundings),
  };
}

interface Place {
  readonly task: TaskDefinition;
  readonly surroundings: TaskSurroundings;
  readonly holder: string | undefined;
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
  { task, surroundings, holder }: Place,
): ContainerOptions {
  const { Environment = [], Command, EntryPoint, WorkingDirectory, User } = container;
  const { Binds, Volumes } = containerMounts(container, task, surroundings);
  const network = holder === undefined ? networkSettings([container], surroundings) : { HostConfig: {} };
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
      ...namespaces(container, task, holder),
      Binds,
      VolumesFrom: (container.VolumesFrom ?? []).map(
        ({ SourceContainer, ReadOnly }) => `${SourceContainer}${ReadOnly ? ':ro' : ''}`,
      ),
    },
  };
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
  const { HostConfig, ...network } = networkSettings(containers, surroundings);
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
        IpcMode: 'shareable',
        ...(task.NetworkMode === 'none' ? { NetworkMode: 'none' } : {}),
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
