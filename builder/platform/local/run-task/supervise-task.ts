import { setTimeout as sleep } from 'node:timers/promises';
import type { ContainerFacts } from '../../../engine/docker/resources/container-facts.js';
import type { WantedContainer } from '../wanted-container.js';
import { mayRestart } from './may-restart.js';

/** What a task's containers are looked after by. */
export interface TaskContainers {
  find(name: string): Promise<ContainerFacts | undefined>;
  start(name: string): Promise<void>;
}

export interface Supervision {
  readonly signal: AbortSignal;
  /** Milliseconds between two looks. */
  readonly everyMs: number;
  note(text: string): void;
}

/** How a task ended: by which container, and with which exit code. */
export interface TaskEnd {
  readonly container: string;
  readonly exitCode: number;
}

/**
 * Looks after a task that was started, as ECS's agent does: a container that its policy lets be is started again, the end of an
 * essential one is the task's, that of another is told. Ends with the task, or undefined by the signal.
 */
export async function superviseTask(
  containers: readonly WantedContainer[],
  docker: TaskContainers,
  { signal, everyMs, note }: Supervision,
): Promise<TaskEnd | undefined> {
  const over = new Set<string>();
  while (!signal.aborted) {
    for (const { name, translated } of containers.filter((one) => !over.has(one.name))) {
      const facts = await docker.find(name);
      if (facts !== undefined && facts.state !== 'exited' && facts.state !== 'dead') continue;
      const exitCode = facts?.exitCode ?? 137;
      if (facts !== undefined && mayRestart(translated.restartPolicy, facts)) {
        note(`${translated.name} ended with exit code ${exitCode}: started again, as its RestartPolicy says`);
        await docker.start(name);
        continue;
      }
      if (translated.essential) return { container: translated.name, exitCode };
      over.add(name);
      note(`${translated.name} ended with exit code ${exitCode}; it is not essential, the task goes on`);
    }
    await sleep(everyMs, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}
