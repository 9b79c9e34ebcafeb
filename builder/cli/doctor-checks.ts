import { accessSync, constants, mkdirSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { get } from 'node:http';
import { delimiter, join } from 'node:path';
import { formatSize } from './format.js';
import { cacheFolder } from './cache-folder.js';

type Environment = Readonly<Record<string, string | undefined>>;

/** What a check found: how it stands, and what to do where it does not stand well. */
export interface Finding {
  readonly name: string;
  readonly state: 'ok' | 'missing';
  readonly detail: string;
  readonly remedy?: string;
}

/** A cold build of WordPress needs about this much: base, layers, and their uncompressed copies in Docker. */
const ENOUGH_BYTES = 3e9;

/** What a build on this machine needs, in the order in which it needs it. */
export const doctorChecks: readonly ((environment: Environment) => Promise<Finding>)[] = [
  checkEngine,
  checkBootstrap,
  checkFolder,
  checkDisk,
];

async function checkEngine({ DOCKER_HOST = 'unix:///var/run/docker.sock' }: Environment): Promise<Finding> {
  const remedy = 'Run scripts/setup, or install Docker and start it.';
  const answer = await ping(DOCKER_HOST).catch((error: Error) => error);
  return answer instanceof Error
    ? {
        name: 'Docker',
        state: 'missing',
        detail: `${DOCKER_HOST} does not answer: ${answer.message}`,
        remedy,
      }
    : { name: 'Docker', state: 'ok', detail: `engine API ${answer} at ${DOCKER_HOST}` };
}

/** The API version of the engine (Docker Engine API, `/_ping`). */
function ping(host: string): Promise<string> {
  const socketPath = /^unix:\/\/(.+)$/.exec(host)?.[1];
  const url = new URL('/_ping', socketPath ? 'http://docker' : host.replace(/^tcp:/, 'http:'));
  return new Promise((resolve, reject) => {
    get(url, { timeout: 5000, ...(socketPath ? { socketPath } : {}) }, (response) => {
      response.resume();
      resolve(String(response.headers['api-version'] ?? 'unknown'));
    })
      .on('timeout', function (this: { destroy(error: Error): void }) {
        this.destroy(new Error('no answer within 5 s'));
      })
      .on('error', reject);
  });
}

function checkBootstrap({ PATH = '' }: Environment): Promise<Finding> {
  const found = PATH.split(delimiter)
    .map((folder) => join(folder, 'mmdebstrap'))
    .find((path) => allowed(path, constants.X_OK));
  return Promise.resolve(
    found === undefined
      ? {
          name: 'mmdebstrap',
          state: 'missing',
          detail: 'not found; it makes the base "debian: trixie"',
          remedy: 'Run scripts/setup, or install the package mmdebstrap.',
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
