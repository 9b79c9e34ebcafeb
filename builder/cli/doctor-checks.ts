import { accessSync, constants, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { connectDocker, dockerError } from '../engine/docker-client.js';
import { sandboxProblem } from '../engine/sandbox-problem.js';
import { formatSize } from './format.js';
import { cacheFolder } from '../store/cache-folder.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a check found: how it stands, and what to do where it does not stand well. */
export interface Finding {
  readonly name: string;
  /** `other`: missing, and what stands before it does the work. */
  readonly state: 'ok' | 'missing' | 'other';
  readonly detail: string;
  readonly remedy?: string;
}

/** A cold build of WordPress needs about this much: base, layers, and their uncompressed copies in Docker. */
const ENOUGH_BYTES = 3e9;

/** What a build on this machine needs, in the order in which it needs it. */
export const doctorChecks: readonly ((environment: Environment) => Promise<Finding>)[] = [
  checkSandbox,
  checkEngine,
  checkBootstrap,
  checkFolder,
  checkDisk,
];

/** The sandbox runs commands where it works, else Docker; one of them is enough to build. */
async function checkSandbox(environment: Environment): Promise<Finding> {
  const problem = await sandboxProblem(join(cacheFolder(environment), 'sandbox'));
  if (problem === undefined) return { name: 'sandbox', state: 'ok', detail: 'runs commands, with no daemon' };
  const { what, remedy } = problem;
  const docker = await checkDocker(environment);
  const rest = docker.state === 'ok' ? 'Docker runs commands' : 'no engine is left';
  const state = docker.state === 'ok' ? 'other' : 'missing';
  return { name: 'sandbox', state, detail: `${what}: ${rest}`, remedy };
}

async function checkEngine(environment: Environment): Promise<Finding> {
  const docker = await checkDocker(environment);
  if (docker.state === 'ok') return docker;
  const problem = await sandboxProblem(join(cacheFolder(environment), 'sandbox'));
  if (problem !== undefined) return docker;
  const detail = `${docker.detail}; needed to load images and run them, not to build`;
  return { ...docker, state: 'other', detail };
}

async function checkDocker({ DOCKER_HOST: host }: Environment): Promise<Finding> {
  try {
    const docker = await connectDocker({ host });
    const { Version } = await docker.version();
    return { name: 'Docker', state: 'ok', detail: `engine ${Version}` };
  } catch (error) {
    const { message, hint } = dockerError(error, 'ask Docker for its version');
    return {
      name: 'Docker',
      state: 'missing',
      detail: message,
      remedy: `Run scripts/setup${hint === undefined ? '' : `, or: ${hint}`}`,
    };
  }
}

function checkBootstrap({ PATH = '' }: Environment): Promise<Finding> {
  const found = PATH.split(delimiter)
    .map((folder) => join(folder, 'mmdebstrap'))
    .find((path) => allowed(path, constants.X_OK));
  return Promise.resolve(
    found === undefined
      ? {
          name: 'mmdebstrap',
          state: 'ok',
          detail: 'not found; a container of a Debian image makes the base "debian: trixie" instead',
        }
      : { name: 'mmdebstrap', state: 'ok', detail: found },
  );
}

function checkFolder(environment: Environment): Promise<Finding> {
  const folder = cacheFolder(environment);
  const remedy = 'Set XDG_CACHE_HOME to a folder that can be written.';
  try {
    mkdirSync(folder, { recursive: true });
    accessSync(folder, constants.W_OK);
    return Promise.resolve({ name: 'cache', state: 'ok', detail: folder });
  } catch (error) {
    return Promise.resolve({ name: 'cache', state: 'missing', detail: (error as Error).message, remedy });
  }
}

async function checkDisk(environment: Environment): Promise<Finding> {
  const folder = cacheFolder(environment);
  const free = await statfs(folder).then(
    ({ bavail, bsize }) => bavail * bsize,
    () => 0,
  );
  const detail = `${formatSize(free)} free at ${folder}`;
  return free >= ENOUGH_BYTES
    ? { name: 'disk', state: 'ok', detail }
    : {
        name: 'disk',
        state: 'missing',
        detail,
        remedy: `A first build needs ${formatSize(ENOUGH_BYTES)}; "platen cache prune" frees some.`,
      };
}

function allowed(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}
