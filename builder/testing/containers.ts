import { randomBytes } from 'node:crypto';
import { PassThrough } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { connectDocker } from '../engine/docker/docker-client.js';
import { demux } from '../engine/docker/docker-demux.js';
import { runCommand } from '../engine/docker/docker-exec.js';
import type { TaskContainer } from './wordpress-task.js';

export interface ContainerOptions {
  readonly image: string;
  /** What the others on the network call it. */
  readonly alias: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** What it runs instead of what the image says. */
  readonly command?: readonly string[];
  /** A port to be published on 127.0.0.1, or several. */
  readonly port?: number | readonly number[];
  /** `volume:/path` or `/folder:/path:ro`. */
  readonly binds?: readonly string[];
  /** Limits as a task of ECS has them; without it, none but Docker's own. */
  readonly task?: TaskContainer;
  /** In place of the image's own entrypoint and command. */
  readonly entrypoint?: readonly string[];
  /** More of Docker's settings. */
  readonly host?: Docker.HostConfig;
}

/** By which the engine knows networks of tests. */
const testLabel = 'platen.test';

/** A network of its own and the containers on it; `remove` leaves nothing of it, volumes included. */
export class ContainerNetwork {
  readonly name = `platen-test-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly #containers: TestContainer[] = [];
  readonly #volumes: string[] = [];
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  static async create(): Promise<ContainerNetwork> {
    const network = new ContainerNetwork(await connectDocker({ host: process.env.DOCKER_HOST }));
    // The engine has addresses for some thirty networks, and tests that were killed left theirs.
    await network.#docker.pruneNetworks({ filters: { label: [testLabel], until: ['2h'] } });
    await network.#docker.createNetwork({ Name: network.name, Labels: { [testLabel]: '' } });
    return network;
  }

  /** A name for a volume that goes with the network. */
  volume(): string {
    const name = `${this.name}-${this.#volumes.length}`;
    this.#volumes.push(name);
    return name;
  }

  async start({
    image,
    alias,
    environment = {},
    command,
    port,
    binds = [],
    task,
    entrypoint,
    host = {},
  }: ContainerOptions): Promise<TestContainer> {
    const published = port === undefined ? [] : [port].flat();
    const ports = published.map((number) => `${number}/tcp`);
    const variables = { ...task?.environment, ...environment };
    const created = await this.#docker.createContainer({
      Image: image,
      ...(command === undefined ? {} : { Cmd: [...command] }),
      ...(entrypoint === undefined ? {} : { Entrypoint: [...entrypoint], Cmd: [] }),
      Env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...(task?.user === undefined ? {} : { User: task.user }),
      ...(task === undefined ? {} : { StopTimeout: task.stopTimeout }),
      Volumes: Object.fromEntries((task?.ephemeralVolumes ?? []).map((path) => [path, {}])),
      ExposedPorts: Object.fromEntries(ports.map((name) => [name, {}])),
      HostConfig: {
        ...(task === undefined ? {} : hostConfig(task)),
        ...host,
        Binds: [...binds],
        PortBindings: Object.fromEntries(ports.map((name) => [name, [{ HostIp: '127.0.0.1' }]])),
      },
      NetworkingConfig: { EndpointsConfig: { [this.name]: { Aliases: [alias] } } },
    });
    const container = new TestContainer(created, published[0]);
    this.#containers.push(container);
    await created.start();
    return container;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.remove()));
    await this.#docker.getNetwork(this.name).remove();
    for (const name of this.#volumes)
      await this.#docker
        .getVolume(name)
        .remove()
        .catch(() => undefined);
  }
}

export class TestContainer {
  readonly docker: Docker.Container;
  readonly #port: number | undefined;
  #removed = false;

  constructor(docker: Docker.Container, port: number | undefined) {
    this.docker = docker;
    this.#port = port;
  }

  /** Where the published port is reached, or that one of several. */
  async origin(port = this.#port): Promise<string> {
    const { NetworkSettings } = await this.docker.inspect();
    return `http://127.0.0.1:${NetworkSettings.Ports[`${port}/tcp`]?.[0]?.HostPort}`;
  }

  /** Runs a shell line; gives what it printed, and throws where it fails. */
  async run(line: string, user = 'root'): Promise<string> {
    const { exitCode, stdout, stderr } = await runCommand(this.docker, {
      argv: ['/bin/sh', '-c', line],
      environment: {},
      user,
      cwd: '/',
    });
    if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** Waits until the line succeeds. @throws Error with the container's log after `seconds`, at once where it has ended */
  async until(line: string, seconds = 180, user = 'root'): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      try {
        await this.run(line, user);
        return;
      } catch (error) {
        const late = Date.now() > end;
        if (late || !(await this.docker.inspect()).State.Running)
          throw new Error(`${late ? '' : 'the container ended: '}${JSON.stringify(await this.logs())}`, {
            cause: error,
          });
        await sleep(200);
      }
    }
  }

  async logs(): Promise<{ stdout: string; stderr: string }> {
    const mixed = await this.docker.logs({ stdout: true, stderr: true, follow: false });
    const stream = new PassThrough();
    stream.end(mixed as unknown as Buffer);
    const text = { stdout: '', stderr: '' };
    for await (const { channel, bytes } of demux(stream)) text[channel] += bytes.toString();
    return text;
  }

  /**
   * As `logs`, as soon as they have the pattern; after a minute without it. What a service says may come after its answer:
   * nginx and php-fpm write for their workers when they get to it.
   */
  async logged(pattern: RegExp): Promise<{ stdout: string; stderr: string }> {
    for (const end = Date.now() + 60_000; ; await sleep(100)) {
      const text = await this.logs();
      if (pattern.test(text.stdout) || pattern.test(text.stderr) || Date.now() > end) return text;
    }
  }

  /** A file of the container, inside the tar that the engine gives. */
  async archive(path: string): Promise<Buffer> {
    return buffer(await this.docker.getArchive({ path }));
  }

  /** `docker stop`: the milliseconds that it took, and how the container ended; who does not end in `seconds` is killed. */
  async stop(seconds = 20): Promise<{ ms: number; exitCode: number }> {
    const begin = performance.now();
    await this.docker.stop({ t: seconds });
    const ms = performance.now() - begin;
    return { ms, exitCode: (await this.docker.inspect()).State.ExitCode };
  }

  /** Waits until the container has ended by itself; gives how. @throws Error with its log after five minutes */
  async ended(): Promise<{ exitCode: number; log: string }> {
    const late = sleep(300_000, undefined, { ref: false }).then(() => undefined);
    const end = (await Promise.race([this.docker.wait(), late])) as { StatusCode: number } | undefined;
    const { stdout, stderr } = await this.logs();
    if (end === undefined) throw new Error(`it did not end: ${stdout}${stderr}`);
    return { exitCode: end.StatusCode, log: stdout + stderr };
  }

  async remove(): Promise<void> {
    if (this.#removed) return;
    this.#removed = true;
    await this.docker.remove({ force: true, v: true });
  }
}

/** What the agent of ECS asks of Docker for a container definition. */
function hostConfig(task: TaskContainer): Docker.HostConfig {
  const { capabilities, tmpfs } = task.linuxParameters;
  const mounts = tmpfs.map(({ containerPath, size, mountOptions }) => [
    containerPath,
    [`size=${size}m`, ...mountOptions].join(','),
  ]);
  return {
    ReadonlyRootfs: task.readonlyRootFilesystem,
    SecurityOpt: [...task.dockerSecurityOptions],
    CapDrop: [...capabilities.drop],
    CapAdd: [...capabilities.add],
    Tmpfs: Object.fromEntries(mounts) as Record<string, string>,
    Memory: task.memory * 1024 * 1024,
  };
}
