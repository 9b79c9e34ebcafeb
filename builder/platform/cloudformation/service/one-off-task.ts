import type { EcsTask } from '../../../aws/ecs/ecs-service.js';
import { BuilderError } from '../../../errors.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import type { StackOutputs } from '../stack-parameters.js';
import { lastLines } from './last-lines.js';

const pollMs = 5000;

/** A task that runs once, beside the service. */
export interface OneOff {
  /** What the user reads. */
  readonly part: string;
  /** Its definition's ARN. */
  readonly definition: string;
  readonly container?: string | undefined;
  readonly command?: readonly string[] | undefined;
}

/** Runs a task where the service's run, until it has stopped. @throws BuilderError where it does not start, or ends with another code than 0 */
export async function runOneOff(context: AwsContext, outputs: StackOutputs, wish: OneOff): Promise<void> {
  const { part } = wish;
  const started = performance.now();
  context.reporter.report({ kind: 'part-started', part, action: 'create' });
  const task = await untilStopped(context, outputs, await startOneOff(context, outputs, wish));
  const ms = performance.now() - started;
  const failed = task.containers.find(({ exitCode }) => exitCode !== 0);
  if (failed === undefined) {
    context.reporter.report({ kind: 'part-changed', part, change: 'created', ms });
    return;
  }
  const log = await lastLines(context, task);
  const reason = failed.reason ?? task.stoppedReason ?? 'ECS gives no reason';
  context.reporter.report({ kind: 'part-failed', part, ms, reason, log });
  throw new BuilderError(
    `The task that makes the ${part} failed: ${reason} (exit code ${failed.exitCode ?? 'none'})${log.map((line) => `\n${line}`).join('')}`,
    { code: 'failed', hint: 'Run it again once that is mended: what is there already stays.' },
  );
}

/** @throws BuilderError where ECS does not take it */
export async function startOneOff(context: AwsContext, outputs: StackOutputs, wish: OneOff): Promise<string> {
  const { ecs } = servicesOf(context);
  const { arn, reason } = await ecs.runTask(
    {
      cluster: clusterOf(outputs),
      definition: wish.definition,
      capacityProvider: outputs.get('instances')?.['CapacityProvider'] ?? 'FARGATE',
      subnets: (outputs.get('network')?.['PrivateSubnets'] ?? '').split(','),
      securityGroup: outputs.get('security')?.['TasksGroup'] ?? '',
      startedBy: `platen-${context.token}`.slice(0, 36),
      container: wish.container,
      command: wish.command,
    },
    context,
  );
  if (arn !== undefined) return arn;
  throw new BuilderError(`ECS does not start the task (${wish.part}): ${reason ?? 'it gives no reason'}`, {
    code: 'failed',
    hint: 'Where it speaks of resources: no instance has room for it; compute.maximum says how many there may be.',
  });
}

/** The name of the cluster; empty where it is not there. */
export function clusterOf(outputs: StackOutputs): string {
  return outputs.get('cluster')?.['ClusterName'] ?? '';
}

async function untilStopped(context: AwsContext, outputs: StackOutputs, arn: string): Promise<EcsTask> {
  const { ecs } = servicesOf(context);
  for (;;) {
    const [task] = await ecs.describeTasks(clusterOf(outputs), [arn], context);
    if (task === undefined)
      throw new BuilderError(`The task ${arn} is gone before it was seen to end`, { code: 'failed' });
    if (task.status === 'STOPPED') return task;
    await pause(context, pollMs);
  }
}
