import type { EcsTask } from '../../../aws/ecs/ecs-service.js';
import { BuilderError } from '../../../errors.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';

const lines = 12;

/** The last lines that a task logged. They are a help, never a reason to fail: none where they can't be read. */
export async function lastLines(context: AwsContext, task: EcsTask): Promise<string[]> {
  const { ecs, logs } = servicesOf(context);
  try {
    const { container, log } = await ecs.taskDefinition(task.definition, context);
    if (log === undefined) return [];
    return await logs.tail(log.group, `${log.prefix}/${container}/${task.id}`, lines, context);
  } catch (error) {
    if (error instanceof BuilderError && error.code !== 'interrupted') return [];
    throw error;
  }
}
