import type { Duplex } from 'node:stream';
import type { Readable, Writable } from 'node:stream';
import { ReadStream, WriteStream } from 'node:tty';
import type Docker from 'dockerode';
import { connectDocker, dockerError, type DockerOptions } from './docker-client.js';
import { demux } from './docker-demux.js';
import { ownLabels, sweepContainers } from './docker-container.js';
import { removeContainer } from './docker-session.js';

/** What a container in the foreground is connected to. */
export interface ForegroundStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The user's terminal is at both ends: the container gets one of its own. */
  readonly terminal: boolean;
}

export interface ForegroundWanted {
  /** An image that is in the engine: id or name. */
  readonly image: string;
  /** Instead of the image's, which then brings no command either. */
  readonly entrypoint?: readonly string[] | undefined;
  readonly command?: readonly string[] | undefined;
  readonly environment: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
  /** Told, when it runs, by which port of 127.0.0.1 each of its own is reached ("8080/tcp"). */
  onPorts(ports: ReadonlyMap<string, number>): void;
}

/**
 * Runs a container to its end and gives its exit code; nothing of it stays. An abort sends its stop signal.
 * @throws BuilderError `unavailable` where no engine answers, `failed` where it does not start
 */
export async function runInForeground(
  options: DockerOptions,
  wanted: ForegroundWanted,
  streams: ForegroundStreams,
): Promise<number> {
  const docker = await connectDocker(options);
  let container: Docker.Container | undefined;
  try {
    [container] = await Promise.all([create(docker, wanted, streams), sweepContainers(docker)]);
    return await runAttached(container, wanted, streams);
  } catch (error) {
    throw dockerError(error, `run a container of ${wanted.image}`);
  } finally {
    if (container !== undefined) await removeContainer(container);
  }
}

async function create(
  docker: Docker,
  { image, entrypoint, command, environment }: ForegroundWanted,
  { terminal }: ForegroundStreams,
): Promise<Docker.Container> {
  return docker.createContainer({
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
    HostConfig: { PublishAllPorts: false, PortBindings: await bindings(docker, image) },
  });
}

/** Only this machine reaches them. */
async function bindings(docker: Docker, image: string) {
  const { Config } = await docker.getImage(image).inspect();
  const names = Object.keys(Config.ExposedPorts ?? {});
  return Object.fromEntries(names.map((name) => [name, [{ HostIp: '127.0.0.1', HostPort: '0' }]]));
}

/** Starts a container that was made for it, connected to these streams, and gives its exit code; an abort sends its stop signal. */
export async function runAttached(
  container: Docker.Container,
  { signal, onPorts }: Pick<ForegroundWanted, 'signal' | 'onPorts'>,
  streams: ForegroundStreams,
): Promise<number> {
  const socket = (await container.attach({
    stream: true,
    stdin: true,
    stdout: true,
    stderr: true,
    hijack: true,
  })) as unknown as Duplex;
  socket.on('error', () => undefined);
  const ended = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
  ended.catch(() => undefined);
  const stop = () => void container.stop({ t: 10 }).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await container.start();
    if (signal.aborted) stop();
    onPorts(await publishedPorts(container));
    await connectStreams(container, socket, streams);
    return (await ended).StatusCode;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** What has a terminal that can be given a size: a container, or a command in one. */
export interface Resizable {
  resize(size: { h: number; w: number }): Promise<unknown>;
}

/** Connects the streams with a hijacked connection of the engine until that ends. */
export function connectStreams(
  terminal: Resizable,
  socket: Duplex,
  streams: ForegroundStreams,
): Promise<void> {
  return streams.terminal ? throughTerminal(terminal, socket) : throughPipes(socket, streams);
}

async function publishedPorts(container: Docker.Container): Promise<ReadonlyMap<string, number>> {
  const { NetworkSettings } = await container.inspect();
  const found = Object.entries(NetworkSettings.Ports).flatMap(([name, places]) => {
    const port = places?.[0]?.HostPort;
    return port === undefined ? [] : [[name, Number(port)] as const];
  });
  return new Map(found);
}

async function throughPipes(socket: Duplex, { stdin, stdout, stderr }: ForegroundStreams): Promise<void> {
  stdin.pipe(socket);
  for await (const { channel, bytes } of demux(socket)) {
    const to = channel === 'stdout' ? stdout : stderr;
    if (!to.write(bytes)) await new Promise((resolve) => to.once('drain', resolve));
  }
  stdin.unpipe(socket).pause();
}

async function throughTerminal(container: Resizable, socket: Duplex): Promise<void> {
  const keyboard = new ReadStream(0);
  const screen = new WriteStream(1);
  const resize = () => {
    if (screen.rows > 0) void container.resize({ h: screen.rows, w: screen.columns }).catch(() => undefined);
  };
  try {
    keyboard.setRawMode(true);
    keyboard.pipe(socket).pipe(screen, { end: false });
    screen.on('resize', resize);
    resize();
    await new Promise((resolve) => socket.once('close', resolve).once('end', resolve));
  } finally {
    keyboard.setRawMode(false);
    keyboard.destroy();
    screen.off('resize', resize);
  }
}
