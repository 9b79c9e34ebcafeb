import { readFileSync } from 'node:fs';
import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import type { Environment } from '../environment.js';
import { BuilderError } from '../errors.js';
import { givenSecrets } from '../platform/local/run-task/given-secrets.js';
import { type TaskRun, runLocalTask } from '../platform/local/run-task/run-local-task.js';
import { readTaskDefinition } from '../platform/local/task/read-task-definition.js';

/** The options of `platen run --task`. */
export interface TaskRequest {
  /** Absolute path. */
  readonly file: string;
  /** Parameters of a template, by name. */
  readonly parameters: Readonly<Record<string, string>>;
  /** Files with the values of secrets, by name. */
  readonly secrets: Readonly<Record<string, string>>;
}

export interface TaskContext extends Pick<TaskRun, 'note' | 'log' | 'signal'> {
  readonly environment: Environment;
}

/** Runs a user's task definition on Docker; returns the exit code of the essential container that ended. @throws BuilderError, SpecError */
export async function runTask(
  { file, parameters, secrets }: TaskRequest,
  { environment, ...context }: TaskContext,
): Promise<number> {
  const parsed = readTaskDefinition(read(file), file, { parameters });
  const given = givenSecrets(parsed.task, secrets);
  const docker = await dockerResources({ host: environment['DOCKER_HOST'] });
  const end = await runLocalTask(parsed, { ...context, docker, secrets: given });
  if (end === undefined) throw new BuilderError('Interrupted', { code: 'interrupted' });
  context.note(`${end.container} ended with exit code ${end.exitCode}, and the task with it`);
  return end.exitCode;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new BuilderError(`${file} can't be read: ${(cause as Error).message}`, { code: 'usage', cause });
  }
}
