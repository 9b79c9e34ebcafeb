import { BuilderError } from '../../errors.js';
import { isRunning, processIdentity } from '../../system/process-identity.js';
import type { DockerOptions } from './docker-client.js';
import type { Containers } from './resources/containers.js';
import { dockerResources } from './resources/docker-resources.js';

/** A container to start from an image in the engine. */
export interface ContainerToStart {
  /** Id or name. */
  readonly image: string;
  readonly environment?: Readonly<Record<string, string>> | undefined;
  /** Replaces the entrypoint and its arguments. */
  readonly command?: readonly string[] | undefined;
  /** TCP ports of the container, each published on a free port of 127.0.0.1. */
  readonly ports?: readonly number[] | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The label with the process that owns a container. */
const ownerLabel = 'platen.owner';

/**
 * Starts a container without waiting until it is ready. First removes containers of builders that died.
 * @throws BuilderError `unavailable` if no engine answers, `failed` if it does not start
 */
export async function startContainer(
  options: DockerOptions,
  wanted: ContainerToStart,
): Promise<StartedContainer> {
  const { containers } = await dockerResources(options);
  const [id] = await Promise.all([createOwned(containers, wanted), sweepContainers(containers)]);
  const started = new StartedContainer(containers, id);
  const remove = () => started.remove().catch(() => undefined);
  wanted.signal?.addEventListener('abort', () => void remove(), { once: true });
  await containers.start(id).catch(async (error: unknown) => {
    await remove();
    throw error;
  });
  return started;
}

/** Labels of a container that belongs to this process. */
export function ownLabels(): Record<string, string> {
  return { [ownerLabel]: processIdentity() };
}

/** Removes containers of builders that died. */
export async function sweepContainers(containers: Containers): Promise<void> {
  const found = await containers.list({ [ownerLabel]: '' });
  const gone = found.filter(({ labels }) => isRunning(labels[ownerLabel] ?? '') === false);
  await Promise.all(gone.map(({ id }) => containers.remove(id)));
}

function createOwned(
  containers: Containers,
  { image, environment = {}, command, ports = [] }: ContainerToStart,
): Promise<string> {
  const names = ports.map((port) => `${port}/tcp`);
  return containers.create(undefined, {
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

/** A running container for a check; ends with `remove`. If the builder dies, the next one removes it. */
export class StartedContainer {
  readonly #containers: Containers;
  readonly #id: string;

  constructor(containers: Containers, id: string) {
    this.#containers = containers;
    this.#id = id;
  }

  /** The port of 127.0.0.1 for the container's `port`. */
  async port(port: number): Promise<number> {
    const place = (await this.#containers.find(this.#id))?.ports[`${port}/tcp`];
    if (place !== undefined) return Number(place.split(':').at(-1));
    throw new BuilderError(`The container does not publish port ${port}, or has ended`, { code: 'failed' });
  }

  /** All output so far. */
  async logs(): Promise<string> {
    const lines: string[] = [];
    for await (const { text } of this.#containers.logs(this.#id)) lines.push(`${text}\n`);
    return lines.join('');
  }

  /** Undefined while it runs. */
  async exitCode(): Promise<number | undefined> {
    const found = await this.#containers.find(this.#id);
    if (found === undefined) throw new BuilderError('Somebody removed the container', { code: 'failed' });
    return ['exited', 'dead'].includes(found.state) ? found.exitCode : undefined;
  }

  remove(): Promise<void> {
    return this.#containers.remove(this.#id);
  }
}
