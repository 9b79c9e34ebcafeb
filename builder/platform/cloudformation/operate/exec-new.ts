import type { Writable } from 'node:stream';
import { BuilderError } from '../../../errors.js';
import type { ExecWish } from '../../driver.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { clusterOf, startOneOff } from '../service/one-off-task.js';
import type { StackOutputs } from '../stack-parameters.js';

const pollMs = 3000;

/** A command for a task of its own. */
interface NewTask {
  readonly outputs: StackOutputs;
  readonly wish: ExecWish;
  /** Takes what it logs. */
  readonly out: Writable;
}

/** Runs a command with the service's image, volumes and secrets, whether or not the service runs; shows what it logs; ends with its exit code. */
export async function execInNewTask(context: AwsContext, { outputs, wish, out }: NewTask): Promise<number> {
  const { part, command } = wish;
  const definition = outputs.get('service')?.['TaskDefinitionArn'] ?? '';
  const { ecs, logs } = servicesOf(context);
  const { container, log } = await ecs.taskDefinition(definition, context);
  if (part !== container || command.length === 0)
    throw new BuilderError(
      part === container
        ? 'A task of its own on AWS has no terminal: it needs a command'
        : `Tasks of their own are made of ${container}, not of ${part}`,
      { code: 'usage', hint: `platen exec --new ${container} --env ${context.name} -- COMMAND` },
    );
  const arn = await startOneOff(context, outputs, { part, definition, container, command });
  const { signal } = context;
  const stream = `${log?.prefix}/${container}/${arn.slice(arn.lastIndexOf('/') + 1)}`;
  let shown = 0;
  const show = async (): Promise<void> => {
    const lines = log === undefined ? [] : await logs.tail(log.group, stream, 10_000, context);
    for (const line of lines.slice(shown)) out.write(`${line}\n`);
    shown = Math.max(shown, lines.length);
  };
  try {
    for (;;) {
      const [task] = await ecs.describeTasks(clusterOf(outputs), [arn], context);
      await show();
      if (task === undefined || task.status === 'STOPPED')
        return task?.containers.find(({ name }) => name === container)?.exitCode ?? 1;
      await pause(context, pollMs);
    }
  } catch (error) {
    // Nobody waits for it any more. The signal has ended all other calls.
    if (signal.aborted) await ecs.stopTask(clusterOf(outputs), arn, 'Interrupted');
    throw error;
  }
}
