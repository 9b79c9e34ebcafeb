import type { Reporter } from '../../../reporter.js';
import { BuilderError } from '../../../errors.js';
import { TaskFailure } from '../start-task.js';
import { breakerThreshold } from './circuit-breaker.js';
import type { ServiceSettings } from './service-settings.js';
import { type ServiceTask, newTaskId, serviceName } from './service-task.js';
import type { Release } from './task-launcher.js';

/** What a deployment asks of whoever starts and ends tasks. */
export interface Launcher {
  launch(id: string, release: Release): Promise<void>;
  adopt(task: ServiceTask, release: Release): Promise<void>;
  retire(task: ServiceTask): Promise<void>;
  remove(id: string): Promise<void>;
}

export interface Rollout {
  readonly release: Release;
  readonly desired: number;
  readonly settings: ServiceSettings;
  readonly state: 'in-progress' | 'rolling-back';
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
}

/**
 * Brings a service from the tasks that are there to `desired` ones of a release, as an ECS rolling deployment does (Developer
 * Guide, "Deploy Amazon ECS services by replacing tasks"): never fewer healthy tasks than the minimum, never more than the maximum.
 */
export class RollingDeployment {
  readonly #launcher: Launcher;
  readonly #rollout: Rollout;
  /** Tasks of the release: id, and whether both checks have passed. */
  readonly #fresh = new Map<string, { healthy: boolean; task?: ServiceTask }>();
  /** Tasks of others, that are to go: those that are not healthy first. */
  readonly #old: { readonly task: ServiceTask; readonly healthy: boolean }[];
  readonly #work = new Set<Promise<void>>();
  /** Since a task was healthy, where that is what the circuit breaker counts. */
  #failures: TaskFailure[] = [];
  #failed = 0;
  #retiring = 0;
  #broken: unknown;

  /** @param tasks all that are there; those that the load balancer takes for healthy have their ids in `healthy` */
  constructor(
    launcher: Launcher,
    rollout: Rollout,
    tasks: readonly ServiceTask[],
    healthy: ReadonlySet<string>,
  ) {
    this.#launcher = launcher;
    this.#rollout = rollout;
    const isRight = (task: ServiceTask): boolean =>
      task.definition === rollout.release.definition && task.runs;
    this.#old = tasks
      .filter((task) => !isRight(task))
      .map((task) => ({ task, healthy: task.runs && healthy.has(task.id) }))
      .sort((a, b) => Number(a.healthy) - Number(b.healthy));
    for (const task of tasks.filter(isRight))
      this.#begin(task.id, task, () => launcher.adopt(task, rollout.release));
  }

  /** Ends when all is as wanted; gives the failure that was one too many, in which case the release's tasks are still there. @throws BuilderError */
  async run(): Promise<TaskFailure | undefined> {
    const { settings, desired, signal } = this.#rollout;
    const threshold = breakerThreshold(settings.breaker, desired);
    try {
      for (;;) {
        if (this.#broken !== undefined) throw this.#broken;
        signal.throwIfAborted();
        if (this.#failures.length >= threshold) {
          this.#report();
          return this.#failures.at(-1);
        }
        this.#startMore();
        this.#retireMore();
        this.#report();
        if (this.#isDone()) return undefined;
        if (this.#work.size === 0)
          throw new BuilderError('The service can neither start nor stop a task', {
            code: 'failed',
            hint: 'MinimumHealthyPercent and MaximumPercent of the service leave no room for a deployment.',
          });
        await Promise.race(this.#work);
      }
    } finally {
      await Promise.allSettled(this.#work);
    }
  }

  #isDone(): boolean {
    const { desired } = this.#rollout;
    const healthy = [...this.#fresh.values()].filter((one) => one.healthy).length;
    return (
      healthy === desired && this.#fresh.size === desired && this.#old.length === 0 && this.#work.size === 0
    );
  }

  #startMore(): void {
    const { desired, settings, release } = this.#rollout;
    const most = Math.floor((desired * settings.maximumPercent) / 100);
    while (
      this.#fresh.size < desired &&
      this.#fresh.size + this.#old.length + this.#retiring < Math.max(most, 1)
    ) {
      const id = newTaskId();
      this.#begin(id, undefined, () => this.#launcher.launch(id, release));
    }
  }

  /** A task comes to be; where it fails, nothing stays of it. */
  #begin(id: string, task: ServiceTask | undefined, start: () => Promise<void>): void {
    const entry = { healthy: false, ...(task === undefined ? {} : { task }) };
    this.#fresh.set(id, entry);
    this.#do(async () => {
      try {
        await start();
        entry.healthy = true;
        if (this.#rollout.settings.breaker?.ResetOnHealthyTask === true) this.#failures = [];
      } catch (error) {
        // Interrupted: what was begun is found by its labels and finished the next time.
        if (this.#rollout.signal.aborted) throw error;
        const failure =
          error instanceof TaskFailure ? error : new TaskFailure((error as Error).message, { log: [] });
        this.#fresh.delete(id);
        await this.#launcher.remove(id);
        this.#failures.push(failure);
        this.#failed += 1;
        const { log, message } = failure;
        this.#rollout.reporter.report({
          kind: 'part-failed',
          part: `${serviceName} ${id}`,
          ms: 0,
          reason: message,
          log,
        });
      }
    });
  }

  #retireMore(): void {
    const { desired, settings } = this.#rollout;
    const least = Math.ceil((desired * settings.minimumHealthyPercent) / 100);
    const fresh = [...this.#fresh].filter(([, one]) => one.healthy);
    const healthy = () => fresh.length + this.#old.filter((one) => one.healthy).length;
    for (
      let next = this.#old[0];
      next !== undefined && (!next.healthy || healthy() - 1 >= least);
      next = this.#old[0]
    ) {
      this.#old.shift();
      this.#retire(next.task);
    }
    for (const [id, { task }] of fresh.slice(desired))
      if (task !== undefined) {
        this.#fresh.delete(id);
        this.#retire(task);
      }
  }

  #retire(task: ServiceTask): void {
    this.#retiring += 1;
    this.#do(async () => {
      await this.#launcher.retire(task);
      this.#retiring -= 1;
    });
  }

  #do(work: () => Promise<void>): void {
    const doing: Promise<void> = work()
      .catch((error: unknown) => {
        this.#broken ??= error;
      })
      .finally(() => this.#work.delete(doing));
    this.#work.add(doing);
  }

  #report(): void {
    const { desired, release, state, reporter } = this.#rollout;
    const fresh = [...this.#fresh.values()];
    reporter.report({
      kind: 'deployment-progress',
      service: serviceName,
      revision: String(release.revision),
      desired,
      state,
      running: fresh.length + this.#old.length,
      failed: this.#failed,
      healthy: fresh.filter((one) => one.healthy).length,
    });
  }
}
