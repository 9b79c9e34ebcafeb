import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BuilderError } from '../../errors.js';
import { connectDocker, dockerError, type DockerOptions } from './docker-client.js';
import { demux } from './docker-demux.js';
import { removeContainer } from './docker-session.js';
import { isRunning, processIdentity } from '../../system/process-identity.js';

/** A container to be started from an image that is in the engine. */
export interface ContainerToStart {
  /** Its id or name. */
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Instead of the entrypoint and its arguments. */
  readonly command?: readonly string[] | undefined;
  /** Ports of the container (TCP), each to be reached through a free port of 127.0.0.1. */
  readonly ports?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** A container that runs for a check; it ends with `remove`, or is swept away at the next use after the builder died. */
export interface RunningContainer {
  /** The port of 127.0.0.1 that leads to the container's `port`. */
  port(port: number): Promise<number>;
  /** All that it wrote so far, both channels as the engine read them. */
  logs(): Promise<string>;
  /** Undefined while it runs. */
  exitCode(): Promise<number | undefined>;
  remove(): Promise<void>;
}

/** The label that says whose process a container is for. */
const ownerLabel = 'platen.owner';

/**
 * Starts a container and does not wait for it to be ready. Containers of builders that died are removed first.
 * @throws BuilderError `unavailable` where no engine answers, `failed` where it does not start
 */
export async function startContainer(
  options: DockerOptions,
  wanted: ContainerToStart,
): Promise<RunningContainer> {
  const docker = await connectDocker(options);
  try {
    const [container] = await Promise.all([createOwned(docker, wanted), sweepContainers(docker)]);
    const running = new CheckedContainer(container);
    wanted.signal?.addEventListener('abort', () => void running.remove().catch(() => undefined), {
      once: true,
    });
    await container.start().catch(async (error: unknown) => {
      await removeContainer(container);
      throw error;
    });
    return running;
  } catch (error) {
    throw dockerError(error, `start a container of ${wanted.image}`);
  }
}

/** Labels of a container that is to end with this process. */
export function ownLabels(): Record<string, string> {
  return { [ownerLabel]: processIdentity() };
}

/** Removes containers of builders that died. */
export async function sweepContainers(docker: Docker): Promise<void> {
  const found = await docker.listContainers({ all: true, filters: { label: [ownerLabel] } });
  const gone = found.filter(({ Labels }) => isRunning(Labels[ownerLabel] ?? '') === false);
  await Promise.all(gone.map(({ Id }) => removeContainer(docker.getContainer(Id))));
}

async function createOwned(docker: Docker, wanted: ContainerToStart): Promise<Docker.Container> {
  const { image, environment = {}, command, ports = [] } = wanted;
  const names = ports.map((port) => `${port}/tcp`);
  return docker.createContainer({
    Image: image,
    ...(command === undefined ? {} : { Entrypoint: command.slice(0, 1), Cmd: command.slice(1) }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: ownLabels(),
    ExposedPorts: Object.fromEntries(names.map((name) => [name, {}])),
    HostConfig: {
      PortBindings: Object.fromEntries(names.map((name) => [name, [{ HostIp: '127.0.0.1', HostPort: '0' }]])),
    },
  });
}

class CheckedContainer implements RunningContainer {
  readonly #container: Docker.Container;

  constructor(container: Docker.Container) {
    this.#container = container;
  }

  port(port: number): Promise<number> {
    return guard(`find port ${port} of the container`, async () => {
      const { NetworkSettings } = await this.#container.inspect();
      const published = NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort;
      if (published !== undefined) return Number(published);
      throw new BuilderError(`The container does not publish port ${port}, or has ended`, { code: 'failed' });
    });
  }

  logs(): Promise<string> {
    return guard("read the container's output", async () => {
      // Without `follow` dockerode gives it whole.
      const mixed = (await this.#container.logs({ stdout: true, stderr: true, follow: false })) as unknown;
      const pieces: Buffer[] = [];
      for await (const { bytes } of demux(asStream(mixed))) pieces.push(bytes);
      return Buffer.concat(pieces).toString('utf8');
    });
  }

  exitCode(): Promise<number | undefined> {
    return guard('look at the container', async () => {
      const { State } = await this.#container.inspect();
      return State.Running || State.Status === 'created' ? undefined : State.ExitCode;
    });
  }

  remove(): Promise<void> {
    return removeContainer(this.#container);
  }
}

function asStream(bytes: unknown): Readable {
  const stream = new PassThrough();
  stream.end(bytes as Buffer);
  return stream;
}

async function guard<T>(doing: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw dockerError(error, doing);
  }
}
