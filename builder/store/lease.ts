import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { BuilderError } from '../errors.js';
import { isRunning, processId, processIdentity } from '../system/process-identity.js';

/** How a process uses the cache: builds read and add, a prune removes. */
export type Purpose = 'build' | 'prune';

/** One use of the cache, from opening to closing. Its own folder holds unfinished files and marks the use as active. */
export interface Lease {
  /** Absolute path; its contents are removed with the lease. */
  readonly folder: string;
  release(): void;
}

/** Time after which to ignore a lease of an unknown process, such as one in another container. */
const strangerMs = 24 * 3600 * 1000;
const waitMs = 120_000;
const pollMs = 20;

/**
 * Takes a lease of the cache at `root`, whose `tmp/` exists, and removes the files of killed processes. A build waits for a
 * prune to end; a prune sees builds by `othersAtWork`. Each writes its own mark before it looks for others, so at least one sees the other.
 * @throws BuilderError `failed` if a prune doesn't end
 */
export function takeLease(root: string, purpose: Purpose): Lease {
  const tmp = join(root, 'tmp');
  const name = `${processIdentity()}.${randomBytes(6).toString('hex')}.${purpose}`;
  const folder = join(tmp, name);
  fs.mkdirSync(folder, { mode: 0o700 });
  const lease = { folder, release: () => fs.rmSync(folder, { recursive: true, force: true }) };
  try {
    const others = sweep(tmp, name);
    if (purpose === 'build') waitForPrunes(tmp, others);
  } catch (error) {
    lease.release();
    throw error;
  }
  return lease;
}

/** Returns the ids of other processes that hold a lease, by purpose. */
export function othersAtWork(root: string, own: Lease | undefined): Readonly<Record<Purpose, string[]>> {
  const names = leases(join(root, 'tmp')).filter((name) => join(root, 'tmp', name) !== own?.folder);
  const of = (purpose: Purpose) =>
    names.filter((name) => name.endsWith(`.${purpose}`) && isAlive(join(root, 'tmp'), name)).map(processId);
  return { build: of('build'), prune: of('prune') };
}

/** Removes the folders of ended processes; returns the names of the others. */
function sweep(tmp: string, own: string): string[] {
  return leases(tmp).filter((name) => {
    if (name === own || isAlive(tmp, name)) return name !== own;
    fs.rmSync(join(tmp, name), { recursive: true, force: true });
    return false;
  });
}

function leases(tmp: string): string[] {
  try {
    return fs.readdirSync(tmp);
  } catch {
    return [];
  }
}

function isAlive(tmp: string, name: string): boolean {
  const running = isRunning(name);
  if (running !== undefined) return running;
  try {
    return Date.now() - fs.statSync(join(tmp, name)).mtimeMs < strangerMs;
  } catch {
    return false;
  }
}

/** Blocks, because nothing in the cache may be read meanwhile. */
function waitForPrunes(tmp: string, others: readonly string[]): void {
  const deadline = performance.now() + waitMs;
  for (const name of others.filter((other) => other.endsWith('.prune'))) {
    while (fs.existsSync(join(tmp, name)) && isAlive(tmp, name)) {
      if (performance.now() > deadline)
        throw new BuilderError(
          `The cache is being pruned by process ${processId(name)}, which does not end`,
          {
            code: 'failed',
            hint: 'end that process, or set XDG_CACHE_HOME to another folder',
          },
        );
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, pollMs);
    }
  }
}
