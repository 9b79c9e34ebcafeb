import {
  type EcsService,
  type EcsServiceDeployment,
  type EcsTask,
  revisionOf,
} from '../../../aws/ecs/ecs-service.js';
import { BuilderError } from '../../../errors.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { DeploymentWatch } from './deployment-watch.js';
import { lastLines } from './last-lines.js';

const pollMs = 5000;

/** Why ECS ends a task that has not failed: it is not wanted any more. */
const unwanted = /^Scaling activity initiated by/;

/** A task that stopped while it was watched. */
export interface StoppedTask {
  readonly id: string;
  readonly revision: string;
  readonly reason: string;
  readonly exitCode: number | undefined;
  readonly log: readonly string[];
}

/**
 * Watches a service while CloudFormation deploys it. What stopped tasks say is caught as it happens: a roll-back ends them
 * and, with the service of a first creation, all that ECS knows of them.
 */
export class ServiceWatch {
  readonly #context: AwsContext;
  readonly #place: { readonly cluster: string; readonly service: string };
  readonly #seen = new Set<string>();
  readonly #stopped: StoppedTask[] = [];
  readonly #before: Set<string>;
  readonly #deployment: DeploymentWatch;

  /** @param running the definition that ran before; its tasks stop because they are replaced */
  constructor(
    context: AwsContext,
    place: { readonly cluster: string; readonly service: string },
    running: string | undefined,
  ) {
    this.#context = context;
    this.#place = place;
    this.#before = new Set(running === undefined ? [] : [running]);
    this.#deployment = new DeploymentWatch(context, place);
  }

  /** Those that failed, the first one first. */
  get stopped(): readonly StoppedTask[] {
    return this.#stopped;
  }

  /** ECS's own account of it; undefined where it gives none. */
  get deployment(): EcsServiceDeployment | undefined {
    return this.#deployment.last;
  }

  /** The deployment that is wanted begins: those of operations before it are none of ours. */
  async begin(): Promise<void> {
    await leftOut(this.#deployment.begin());
  }

  /**
   * Looks again and again until `done`, and then until ECS is done, too: a blue/green deployment may go back while it bakes.
   * What can't be read is left out.
   */
  async until(done: Promise<unknown>): Promise<void> {
    let isDone = false;
    const ended = done.then(
      () => (isDone = true),
      () => (isDone = true),
    );
    const next = (): Promise<unknown> => pause(this.#context, pollMs).catch(() => undefined);
    while (!isDone) {
      await this.look();
      await Promise.race([next(), ended]);
    }
    while ((await this.look()) && !this.#context.signal.aborted) await next();
  }

  /** One look: progress is told, and tasks that stopped are noted. True while ECS says that it is at it. */
  async look(): Promise<boolean> {
    await leftOut(this.#lookAtTasks());
    return (await leftOut(this.#deployment.look())) ?? false;
  }

  async #lookAtTasks(): Promise<void> {
    const { ecs } = servicesOf(this.#context);
    const { cluster, service } = this.#place;
    const found = await ecs.service(cluster, service, this.#context);
    if (found === undefined) return;
    this.#tell(found);
    const stopped = await ecs.tasks(cluster, { service, stopped: true }, this.#context);
    for (const task of stopped.sort(byTime)) await this.#note(task);
  }

  #tell({ name, deployments, pending }: EcsService): void {
    const [primary] = deployments;
    if (primary === undefined) return;
    const { definition, desired, running, failed, rollout } = primary;
    this.#context.reporter.report({
      kind: 'deployment-progress',
      service: name,
      revision: revisionOf(definition),
      desired,
      running,
      healthy: Math.max(0, running - pending),
      failed,
      state: rollout === 'FAILED' || this.#before.has(definition) ? 'rolling-back' : 'in-progress',
    });
  }

  async #note(task: EcsTask): Promise<void> {
    if (this.#seen.has(task.arn) || this.#before.has(task.definition)) return;
    this.#seen.add(task.arn);
    if (unwanted.test(task.stoppedReason ?? '')) return;
    const container = task.containers.find(({ exitCode }) => exitCode !== undefined && exitCode !== 0);
    const reason = container?.reason ?? task.stoppedReason ?? 'ECS gives no reason';
    const log = await lastLines(this.#context, task);
    this.#stopped.push({
      id: task.id,
      revision: revisionOf(task.definition),
      reason,
      exitCode: container?.exitCode,
      log,
    });
    const part = `${this.#place.service} ${task.id.slice(0, 6)}`;
    const ms = (task.stoppedAt?.getTime() ?? 0) - (task.startedAt?.getTime() ?? 0);
    const code = container?.exitCode === undefined ? '' : ` (exit code ${container.exitCode})`;
    this.#context.reporter.report({
      kind: 'part-failed',
      part,
      ms: Math.max(0, ms),
      reason: `${reason}${code}`,
      log,
    });
  }
}

/** What can't be read now is read with the next look, or not at all: the stack's end is what counts. */
async function leftOut<T>(look: Promise<T>): Promise<T | undefined> {
  try {
    return await look;
  } catch (error) {
    if (error instanceof BuilderError) return undefined;
    throw error;
  }
}

function byTime(a: EcsTask, b: EcsTask): number {
  return (a.stoppedAt?.getTime() ?? 0) - (b.stoppedAt?.getTime() ?? 0);
}
