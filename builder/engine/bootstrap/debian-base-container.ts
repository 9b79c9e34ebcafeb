import { Readable } from 'node:stream';
import { BuilderError } from '../../errors.js';
import { bootstrapError } from './debian-base-error.js';
import { mmdebstrapCommand, resume } from './debian-base.js';
import type { DebianBase } from './debian-wanted.js';
import { startSessionContainer } from '../docker/docker.js';
import { dockerError, type DockerOptions } from '../docker/docker-client.js';
import type { KeptContainer } from '../docker/kept-container.js';
import { startOwn } from '../docker/session-command.js';
import type { EngineLayer } from '../engine.js';

/** mmdebstrap mounts /proc and others in its root. This needs CAP_SYS_ADMIN, and no AppArmor profile that forbids it. */
const rights = { CapAdd: ['SYS_ADMIN'], SecurityOpt: ['apparmor=unconfined'] };

/** Runs "$@", and installs its program first if the image lacks it. */
const installing = `
command -v "$1" >/dev/null || { apt-get -qq update && apt-get -qq --yes --no-install-recommends install "$1"; } >&2
exec "$@"
`;

const passedOn = ['http_proxy', 'https_proxy', 'no_proxy', 'HTTP_PROXY', 'HTTPS_PROXY', 'NO_PROXY'];
const keptLines = 15;

export interface BootstrapContainer {
  readonly docker: DockerOptions;
  /** Layers of an image with apt, the lowest first. */
  readonly layers: readonly EngineLayer[];
}

/**
 * Like `bootstrapDebian`, for a machine without mmdebstrap: runs it in a container. The same packages give the same root as on
 * a Debian host. The container ends with the builder, even if that is killed.
 * @throws BuilderError `unavailable` without engine or network, `invalid` for an unknown suite or package
 */
export async function bootstrapDebianInContainer(
  base: DebianBase,
  { docker, layers }: BootstrapContainer,
): Promise<Readable> {
  base.signal?.throwIfAborted();
  const kept = await startSessionContainer(docker, layers, { platform: base.platform, rights });
  const bytes = bootstrapIn(kept, base);
  // Errors occur before the first byte.
  const first = await bytes.next();
  return Readable.from(resume(first, bytes), { objectMode: false });
}

async function* bootstrapIn(kept: KeptContainer, base: DebianBase): AsyncGenerator<Buffer> {
  const { signal } = base;
  const remove = () => kept.containers.remove(kept.id);
  const stop = () => void remove().catch(() => undefined);
  signal?.addEventListener('abort', stop, { once: true });
  let complaints = '';
  try {
    const running = await startOwn(kept, commandIn(base));
    for await (const { channel, bytes } of running.output) {
      if (channel === 'stdout') yield bytes;
      else complaints = (complaints + bytes.toString()).slice(-20_000);
    }
    const exitCode = await running.exitCode();
    const lastLines = complaints.trim().split('\n').slice(-keptLines).join('\n');
    if (exitCode !== 0) throw bootstrapError(base, { exitCode, lastLines });
  } catch (error) {
    if (signal?.aborted) throw new BuilderError('Interrupted', { code: 'interrupted' });
    throw dockerError(error, 'make the base in a container');
  } finally {
    signal?.removeEventListener('abort', stop);
    await remove();
  }
}

function commandIn(base: DebianBase): string[] {
  const { environment, epoch } = base;
  const variables = passedOn.flatMap((name) =>
    environment[name] === undefined ? [] : [`${name}=${environment[name]}`],
  );
  const fixed = [`SOURCE_DATE_EPOCH=${epoch}`, 'LC_ALL=C.UTF-8', 'DEBIAN_FRONTEND=noninteractive'];
  return ['env', ...fixed, ...variables, 'sh', '-c', installing, 'sh', ...mmdebstrapCommand(base, 'root')];
}
