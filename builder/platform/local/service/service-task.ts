import { randomBytes } from 'node:crypto';
import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import { labels } from '../platform-names.js';

/** The service's name: that of its container, and of its image. */
export const serviceName = 'wordpress';

/** A running or ended task of the service: its containers, found by their labels. */
export interface ServiceTask {
  readonly id: string;
  readonly revision: number;
  readonly definition: string;
  readonly containers: readonly ContainerFacts[];
  /** All of its essential containers run. */
  readonly runs: boolean;
  /** On the environment's network; empty while it does not run. */
  readonly address: string;
  /** ISO 8601. */
  readonly created: string;
}

/** As ECS names tasks, if shorter: six hexadecimal digits. */
export function newTaskId(): string {
  return randomBytes(3).toString('hex');
}

/** Of a task of several containers, that of the service's name; where none is called so, the last. */
export function mainContainer<T>(
  containers: readonly T[],
  nameOf: (container: T) => string | undefined,
): T | undefined {
  return containers.find((one) => nameOf(one) === serviceName) ?? containers.at(-1);
}

/** Groups the containers of the service by their task, the oldest first. */
export function serviceTasks(containers: readonly ContainerFacts[], network: string): ServiceTask[] {
  const groups = new Map<string, ContainerFacts[]>();
  for (const facts of containers) {
    const id = facts.labels[labels.task];
    if (id === undefined || facts.labels[labels.part] !== serviceName) continue;
    groups.set(id, [...(groups.get(id) ?? []), facts]);
  }
  return [...groups].map(([id, group]) => ({
    id,
    revision: Number(group[0]?.labels[labels.revision] ?? 0),
    definition: group[0]?.labels[labels.definition] ?? '',
    containers: group,
    runs: essentialRun(group),
    address:
      group.map(({ addresses }) => addresses[network]).find((one) => one !== undefined && one !== '') ?? '',
    created: group[0]?.created ?? '',
  }));
}

/** As ECS has it: the task is what its essential containers are. */
function essentialRun(group: readonly ContainerFacts[]): boolean {
  const running = group
    .filter(({ state }) => state === 'running')
    .map(({ labels: own }) => own[labels.container]);
  return essentialNames(group).every((name) => running.includes(name));
}

/** By the definition that the containers were made of; all of them where that is not known. */
function essentialNames(group: readonly ContainerFacts[]): readonly (string | undefined)[] {
  const text = group[0]?.labels[labels.definition];
  const { containers = [] } = (text === undefined ? {} : JSON.parse(text)) as {
    readonly containers?: readonly { readonly name: string; readonly essential: boolean }[];
  };
  const names = containers.filter(({ essential }) => essential).map(({ name }) => name);
  return names.length > 0 ? names : group.map(({ labels: own }) => own[labels.container]);
}
