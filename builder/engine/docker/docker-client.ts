import type Docker from 'dockerode';
import { BuilderError } from '../../errors.js';

/** Address of the Docker engine: the value of `DOCKER_HOST` (`unix://…`, `tcp://…`, `ssh://…`), or undefined for the default socket. */
export interface DockerOptions {
  readonly host?: string | undefined;
}

/** The parts of a failed call that identify the failure: Node's (`code`) or the engine's (`statusCode`). */
interface EngineFailure {
  readonly message?: string;
  readonly code?: string;
  readonly address?: string;
  readonly statusCode?: number;
}

/** Starts loading dockerode in the background, before the first call needs it. */
export function warmDocker(): void {
  // The first use reports an error of loading.
  import('dockerode').catch(() => undefined);
}

/** A client for the engine; connects on the first call. */
export async function connectDocker({ host }: DockerOptions): Promise<Docker> {
  const { default: DockerClient } = await import('dockerode');
  return new DockerClient(clientOptions(host));
}

function clientOptions(host: string | undefined): Docker.DockerOptions {
  if (host === undefined || host === '') return {};
  if (host.startsWith('unix://')) return { socketPath: host.slice('unix://'.length), host: undefined };
  if (!URL.canParse(host)) {
    throw new BuilderError(`DOCKER_HOST is "${host}", which is not the address of a Docker engine`, {
      code: 'usage',
      hint: 'Give it as unix:///path/to/docker.sock, tcp://host:port or ssh://user@host.',
    });
  }
  const { protocol, hostname, port, username } = new URL(host);
  if (protocol === 'ssh:') return { protocol: 'ssh', host: hostname, port: port || '22', username };
  // With DOCKER_TLS_VERIFY, dockerode takes protocol and keys from the environment.
  return protocol === 'tcp:' ? { host: hostname, port } : { protocol: 'https', host: hostname, port };
}

const unreachable: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such socket: install Docker or start it (systemctl start docker)',
  ECONNREFUSED: 'nothing listens there: start Docker (systemctl start docker)',
  ENOTFOUND: 'no such host: check DOCKER_HOST',
  EHOSTUNREACH: 'the host cannot be reached: check DOCKER_HOST',
  ETIMEDOUT: 'it does not answer: check DOCKER_HOST',
};

/**
 * Explains a failed call of the engine; a BuilderError passes unchanged.
 * @param doing as in "Cannot <doing>"
 */
export function dockerError(error: unknown, doing: string): BuilderError {
  if (error instanceof BuilderError) return error;
  const failure = error as EngineFailure;
  const why = unreachable[failure.code ?? ''];
  if (failure.statusCode === undefined && why !== undefined) {
    return new BuilderError(`No Docker engine answers at ${failure.address ?? 'DOCKER_HOST'}`, {
      code: 'unavailable',
      hint: `${why}.`,
      cause: error,
    });
  }
  if (failure.statusCode === undefined && failure.code === 'EACCES')
    return new BuilderError(`You may not use the Docker engine at ${failure.address ?? 'DOCKER_HOST'}`, {
      code: 'unavailable',
      hint: 'Add your user to the group "docker" (sudo usermod -aG docker "$USER") and log in again.',
      cause: error,
    });
  const message = engineMessage(failure);
  if (/no space left on device/i.test(message)) {
    return new BuilderError(`Cannot ${doing}: the Docker engine has no space left on its disk`, {
      code: 'failed',
      hint: 'Free some (docker system df shows what uses it, docker image prune removes unused images).',
      cause: error,
    });
  }
  const [, address = '', port = ''] = takenPort.exec(message) ?? [];
  if (port !== '') {
    return new BuilderError(`Cannot ${doing}: port ${port} of ${address} is in use`, {
      code: 'failed',
      hint: `"ss -ltnp 'sport = :${port}'" and docker ps show by whom.`,
      cause: error,
    });
  }
  return new BuilderError(`Cannot ${doing}: ${message}`, { code: 'failed', cause: error });
}

/** By a container, and by another program. */
const takenPort =
  /(?:Bind for|listen tcp4?) (\S+):(\d+)(?: failed)?: (?:port is already allocated|.*address already in use)/;

/** The engine's message, without dockerode's prefix "(HTTP code 500) server error - ". */
function engineMessage({ message = 'unknown error' }: EngineFailure): string {
  return message.replace(/^\(HTTP code \d+\) .*? - /, '').trim();
}

/** Whether the engine answered with one of these statuses, also as the cause of a BuilderError. */
export function hasStatus(error: unknown, ...statuses: readonly number[]): boolean {
  const failure = (error instanceof BuilderError ? error.cause : error) as EngineFailure | undefined;
  return statuses.includes(failure?.statusCode ?? 0);
}
