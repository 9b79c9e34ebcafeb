import type { DockerOptions } from './docker-client.js';
import type { ForegroundStreams } from './resources/attached.js';
import type { Containers } from './resources/containers.js';
import { type DockerResources, dockerResources } from './resources/docker-resources.js';
import { ownLabels, sweepContainers } from './start-container.js';

export interface ForegroundWanted {
  /** An image in the engine: id or name. */
  readonly image: string;
  /** Replaces the image's entrypoint, and drops its command. */
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Called when it runs, with the port of 127.0.0.1 for each of its own ("8080/tcp"). */
  onPorts(ports: ReadonlyMap<string, number>): void;
}

/**
 * Runs a container to its end, removes it, and returns its exit code. An abort sends its stop signal.
 * @throws BuilderError `unavailable` if no engine answers, `failed` if it does not start
 */
export async function runInForeground(
  options: DockerOptions,
  wanted: ForegroundWanted,
  streams: ForegroundStreams,
): Promise<number> {
  const docker = await dockerResources(options);
  const { containers } = docker;
  const [id] = await Promise.all([create(docker, wanted, streams), sweepContainers(containers)]);
  try {
    return await containers.startInForeground(id, streams, {
      signal: wanted.signal,
      onStart: async () => wanted.onPorts(await publishedPorts(containers, id)),
    });
  } finally {
    await containers.remove(id);
  }
}

async function create(
  { containers, images }: DockerResources,
  { image, entrypoint, command, environment }: ForegroundWanted,
  { terminal }: ForegroundStreams,
): Promise<string> {
  const exposed = (await images.find(image))?.exposedPorts ?? [];
  return containers.create(undefined, {
    Image: image,
    ...(entrypoint === undefined ? {} : { Entrypoint: [...entrypoint] }),
    ...(command === undefined ? {} : { Cmd: [...command] }),
    Env: Object.entries(environment).map(([name, value]) => `${name}=${value}`),
    Labels: ownLabels(),
    Tty: terminal,
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    AttachStdout: true,
    AttachStderr: true,
    HostConfig: {
      PublishAllPorts: false,
      // Reachable from this machine only.
      PortBindings: Object.fromEntries(
        exposed.map((name) => [name, [{ HostIp: '127.0.0.1', HostPort: '0' }]]),
      ),
    },
  });
}

async function publishedPorts(containers: Containers, id: string): Promise<ReadonlyMap<string, number>> {
  const ports = Object.entries((await containers.find(id))?.ports ?? {});
  return new Map(ports.map(([name, place]) => [name, Number(place.split(':').at(-1))]));
}
