import { accessSync, constants } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { checkEngines } from './doctor-engines.js';
import { checkPrograms, programNames } from './doctor-programs.js';
import { formatSize } from '../text/format.js';
import { toolEnvironment } from '../../engine/sandbox/sandbox-process.js';
import { findProgram } from '../../system/find-program.js';
import { makeFolder } from '../../system/make-folder.js';
import { cacheFolder } from '../../store/cache-folder.js';
import { whyNotWritten } from '../../system/why-not-written.js';
import type { Finding } from './finding.js';
import type { Environment } from '../../environment.js';

interface Check {
  /** Names of its findings. */
  readonly names: readonly string[];
  look(environment: Environment): Promise<readonly Finding[]>;
}

/** A cold build of WordPress needs about this much: base, layers, and their uncompressed copies in Docker. */
const ENOUGH_BYTES = 3e9;

/** Checks of this machine, in the order in which a build needs their results. */
export const doctorChecks: readonly Check[] = [
  { names: ['engine', 'sandbox', 'Docker'], look: checkEngines },
  { names: ['mmdebstrap'], look: (environment) => Promise.resolve([checkBootstrap(environment)]) },
  { names: programNames, look: () => Promise.resolve(checkPrograms(toolEnvironment.PATH)) },
  { names: ['cache'], look: (environment) => Promise.resolve([checkFolder(environment)]) },
  { names: ['disk'], look: async (environment) => [await checkDisk(environment)] },
];

function checkBootstrap({ PATH }: Environment): Finding {
  const found = findProgram('mmdebstrap', PATH);
  const container =
    'not found; platen runs it in a Debian container in Docker to make the base "debian: trixie"';
  return { name: 'mmdebstrap', state: 'ok', detail: found ?? container };
}

function checkFolder(environment: Environment): Finding {
  const folder = cacheFolder(environment);
  const remedy = 'Set XDG_CACHE_HOME to a writable folder.';
  try {
    makeFolder(folder);
    accessSync(folder, constants.W_OK);
    return { name: 'cache', state: 'ok', detail: folder };
  } catch (error) {
    return { name: 'cache', state: 'missing', detail: `${folder}: ${whyNotWritten(error)}`, remedy };
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
        remedy: `A first build needs ${formatSize(ENOUGH_BYTES)}; free some with "platen cache prune".`,
      };
}
