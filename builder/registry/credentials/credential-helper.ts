import { spawn } from 'node:child_process';
import { text } from 'node:stream/consumers';
import type { Credentials } from './credentials.js';
import { RegistryError } from '../registry-error.js';
import type { Environment } from '../../environment.js';

/** Asks the helper `docker-credential-<name>` for a registry's credentials; undefined if it has none. */
export type HelperRun = (
  name: string,
  registry: string,
  signal: AbortSignal | undefined,
) => Promise<Credentials | undefined>;

/** Error texts of helpers without credentials for a registry (docker-credential-helpers, credentials/error.go). */
const knowsNothing = [
  'credentials not found in native keychain',
  'no credentials server URL',
  'no credentials username',
];
/** The user name that helpers return with an identity token. */
const tokenUser = '<token>';

/** Milliseconds until a helper counts as hanging: it may wait for input that nobody gives. */
const patience = 5000;

/** Runs helpers as Docker does: the registry goes to standard input, the credentials come from standard output. */
export function runCredentialHelper(environment: Environment, patienceMs = patience): HelperRun {
  return async (name, registry, signal) => {
    const program = `docker-credential-${name}`;
    const refuse = (why: string, hint?: string): never => {
      throw new RegistryError(`${program} gives no login for ${registry}: ${why}`, { code: 'failed', hint });
    };
    if (!/^[\w.-]+$/.test(name)) refuse('it is not the name of a program');
    const child = spawn(program, ['get'], {
      env: environment,
      stdio: ['pipe', 'pipe', 'pipe'],
      timeout: patienceMs,
      killSignal: 'SIGKILL',
      ...(signal !== undefined && { signal }),
    });
    child.stdin.on('error', () => undefined).end(registry);
    const ended = new Promise<number | 'killed' | NodeJS.ErrnoException>((resolve) => {
      child.once('error', resolve).once('close', (code) => resolve(code ?? 'killed'));
    });
    const [exit, stdout, stderr] = await Promise.all([ended, text(child.stdout), text(child.stderr)]);
    if (exit === 'killed')
      return refuse(
        `it did not answer within ${patienceMs / 1000} s`,
        `run it by hand (echo ${registry} | ${program} get) and see what it waits for, or take it out of Docker's config.json`,
      );
    if (typeof exit !== 'number')
      return refuse(
        exit.code === 'ENOENT' ? 'it is not installed' : exit.message,
        "install it, or correct Docker's config.json",
      );
    // On success the output holds secrets; on failure it is an error message.
    if (exit !== 0) {
      if (knowsNothing.some((words) => (stdout + stderr).includes(words))) return undefined;
      return refuse(
        (stdout.trim() || stderr.trim()).split('\n')[0]?.slice(0, 200) || `it ended with ${exit}`,
      );
    }
    return parse(stdout) ?? refuse('its output is not a login');
  };
}

function parse(output: string): Credentials | undefined {
  try {
    const { Username, Secret } = JSON.parse(output) as { Username?: unknown; Secret?: unknown };
    if (typeof Username !== 'string' || typeof Secret !== 'string') return undefined;
    return Username === tokenUser ? { identityToken: Secret } : { username: Username, password: Secret };
  } catch {
    return undefined;
  }
}
