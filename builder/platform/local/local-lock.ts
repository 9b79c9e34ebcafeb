import { hostname } from 'node:os';
import { setTimeout as sleep } from 'node:timers/promises';
import { hasStatus } from '../../engine/docker/docker-client.js';
import type { ContainerFacts } from '../../engine/docker/resources/container-facts.js';
import { isRunning, processId, processIdentity } from '../../system/process-identity.js';
import type { LocalContext } from './local-context.js';
import { labels, lockPart } from './platform-names.js';

const hostLabel = 'platen.host';
const pollMs = 200;
/** A lock whose owner can't be looked up, on another machine say, is believed for so long. */
const strangerMs = 3_600_000;

/**
 * Does work on an environment while nobody else does: a container that is never started stands for it, whose name the engine gives
 * to one alone. That of a process that died is taken away.
 * @param image any that the engine has
 */
export async function withLock<T>(context: LocalContext, image: string, work: () => Promise<T>): Promise<T> {
  const id = await takeLock(context, image);
  try {
    return await work();
  } finally {
    await context.docker.containers.remove(id);
  }
}

async function takeLock({ docker, names, reporter, signal }: LocalContext, image: string): Promise<string> {
  const name = names.of(lockPart);
  const options = {
    Image: image,
    Entrypoint: ['true'],
    HostConfig: { NetworkMode: 'none' },
    Labels: {
      ...names.labels(lockPart),
      [labels.owner]: processIdentity(),
      [hostLabel]: hostname(),
    },
  };
  for (let told = false; ; await sleep(pollMs)) {
    signal.throwIfAborted();
    const before = await docker.containers.find(name);
    if (before === undefined) {
      const made = await docker.containers.create(name, options).catch((error: unknown) => {
        // Somebody was faster.
        if (hasStatus(error, 409)) return undefined;
        throw error;
      });
      if (made !== undefined) return made;
    } else if (await isAbandoned(before, () => docker.engine.time()))
      await docker.containers.remove(before.id);
    else if (!told) {
      told = true;
      const owner = processId(before.labels[labels.owner] ?? '');
      reporter.report({
        kind: 'message',
        text: `Another platen (process ${owner}) works on ${names.environment}: waiting for it`,
      });
    }
  }
}

/** By the engine's clock, as the time at which the lock was made: this machine's may be another. */
async function isAbandoned(
  { labels: own, created }: ContainerFacts,
  time: () => Promise<number>,
): Promise<boolean> {
  const running = isRunning(own[labels.owner] ?? '');
  if (running !== undefined) return !running;
  // Of this machine before it was started again.
  if (own[hostLabel] === hostname()) return true;
  return (await time()) - Date.parse(created) > strangerMs;
}
