import { setTimeout as sleep } from 'node:timers/promises';
import type { BuilderError } from '../../errors.js';
import { connectDocker, dockerError, type DockerOptions } from './docker-client.js';

/** Limit for a machine that drops packets, milliseconds. */
const patienceMs = 5000;

/** Why Docker does not answer; undefined if it does. */
export async function dockerProblem(options: DockerOptions): Promise<BuilderError | undefined> {
  return (await askDocker(options)).problem;
}

/** Docker's version, or why it does not answer. */
export async function askDocker(
  options: DockerOptions,
): Promise<{ version?: string; problem?: BuilderError }> {
  const waiting = new AbortController();
  try {
    const docker = await connectDocker(options);
    const late: Promise<never> = sleep(patienceMs, undefined, { signal: waiting.signal }).then(() => {
      throw Object.assign(new Error('no answer'), { code: 'ETIMEDOUT' });
    });
    const { Version } = await Promise.race([docker.version(), late]);
    return { version: Version };
  } catch (error) {
    return { problem: dockerError(error, 'ask Docker for its version') };
  } finally {
    waiting.abort();
  }
}
