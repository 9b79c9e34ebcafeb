import type { ContainerFacts } from '../../engine/docker/resources/container-facts.js';
import type { DockerNetwork } from '../../engine/docker/resources/networks.js';
import type { LocalContext } from './local-context.js';
import { labels, lockPart, noteParts } from './platform-names.js';
import { type DeploymentRecord, DeploymentRecords } from './service/deployment-record.js';
import { type ServiceTask, serviceTasks } from './service/service-task.js';

/** What Docker has of an environment, by its labels. */
export interface FoundPlatform {
  readonly network: DockerNetwork | undefined;
  readonly volumes: readonly string[];
  /** Containers of parts, by the part. */
  readonly parts: Readonly<Record<string, ContainerFacts>>;
  readonly tasks: readonly ServiceTask[];
  /** The newest first. */
  readonly records: readonly DeploymentRecord[];
  /** Containers of one-off commands and what else is left. */
  readonly others: readonly ContainerFacts[];
}

export async function findPlatform({ docker, names }: LocalContext): Promise<FoundPlatform> {
  const [network, volumes, containers, records] = await Promise.all([
    docker.networks.find(names.network),
    docker.volumes.list(names.all),
    docker.containers.list(names.all),
    new DeploymentRecords(docker, names).list(),
  ]);
  const tasks = serviceTasks(containers, names.network);
  const ofTasks = new Set(tasks.flatMap((task) => task.containers.map(({ id }) => id)));
  const isLock = (facts: ContainerFacts): boolean => facts.labels[labels.part] === lockPart;
  const rest = containers.filter((facts) => !ofTasks.has(facts.id) && !isLock(facts));
  const isPart = ({ name, labels: own }: ContainerFacts): boolean =>
    name === names.of(own[labels.part] ?? '');
  return {
    network,
    volumes: volumes
      .filter(({ labels: own }) => !noteParts.includes(own[labels.part] ?? ''))
      .map(({ name }) => name),
    parts: Object.fromEntries(rest.filter(isPart).map((facts) => [facts.labels[labels.part] ?? '', facts])),
    tasks,
    records,
    others: rest.filter((facts) => !isPart(facts)),
  };
}
