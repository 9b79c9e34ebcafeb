import { randomBytes } from 'node:crypto';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { connectDocker } from '../engine/docker/docker-client.js';
import type { ContainerOptions as EngineOptions, Containers } from '../engine/docker/resources/containers.js';
import { type DockerResources, dockerResources } from '../engine/docker/resources/docker-resources.js';
import { runCommand } from '../engine/docker/session-command.js';
import { hostSettings } from '../platform/local/task/host-settings.js';
import type { TaskContainer } from './wordpress-task.js';

export interface ContainerOptions {
  readonly image: string;
  /** Its name for others on the network. */
  readonly alias: string;
  readonly environment?: Readonly<Record<string, string>>;
  /** Replaces the image's command. */
  readonly command?: readonly string[];
  /** A port to publish on 127.0.0.1, or several. */
  readonly port?: number | readonly number[];
  /** `volume:/path` or `/folder:/path:ro`. */
  readonly binds?: readonly string[];
  /** Limits of an ECS task; default: only Docker's own. */
  readonly task?: TaskContainer;
  /** Replaces the image's entrypoint and command. */
  readonly entrypoint?: readonly string[];
  /** Additional settings of Docker. */
  readonly host?: EngineOptions['HostConfig'];
}

/** The label of test networks. */
const testLabel = 'platen.test';

/** A network and its containers; `remove` removes all of it, volumes included. */
export class ContainerNetwork {
  readonly name = `platen-test-${process.pid}-${randomBytes(4).toString('hex')}`;
  readonly #containers: TestContainer[] = [];
  readonly #volumes: string[] = [];
  readonly #docker: DockerResources;
  readonly #client: Docker;

  constructor(docker: DockerResources, client: Docker) {
    this.#docker = docker;
    this.#client = client;
  }

  static async create(): Promise<ContainerNetwork> {
    const engine = { host: process.env.DOCKER_HOST };
    const network = new ContainerNetwork(await dockerResources(engine), await connectDocker(engine));
    // The engine has addresses for about thirty networks, and killed tests leave theirs behind.
    await network.#client.pruneNetworks({ filters: { label: [testLabel], until: ['2h'] } });
    await network.#docker.networks.create(network.name, { labels: { [testLabel]: '' } });
    return network;
  }

  /** A name for a volume that is removed with the network. */
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
    const { containers } = this.#docker;
    const id = await containers.create(undefined, {
      Image: image,
      ...(command === undefined ? {} : { Cmd: [...command] }),
      ...(entrypoint === undefined ? {} : { Entrypoint: [...entrypoint], Cmd: [] }),
      Env: Object.entries(variables).map(([name, value]) => `${name}=${value}`),
      ...(task?.User === undefined ? {} : { User: task.User }),
      ...(task === undefined ? {} : { StopTimeout: task.StopTimeout }),
      Volumes: Object.fromEntries((task?.ephemeralVolumes ?? []).map((path) => [path, {}])),
      ExposedPorts: Object.fromEntries(ports.map((name) => [name, {}])),
      HostConfig: {
        ...(task === undefined
          ? {}
          : hostSettings({ Name: alias, Image: image, ...task }, { ContainerDefinitions: [] })),
        ...host,
        Binds: [...binds],
        PortBindings: Object.fromEntries(ports.map((name) => [name, [{ HostIp: '127.0.0.1' }]])),
      },
      NetworkingConfig: { EndpointsConfig: { [this.name]: { Aliases: [alias] } } },
    });
    const container = new TestContainer(containers, this.#client.getContainer(id), published[0]);
    this.#containers.push(container);
    await containers.start(id);
    return container;
  }

  async remove(): Promise<void> {
    await Promise.all(this.#containers.map((container) => container.remove()));
    await this.#docker.networks.remove(this.name);
    for (const name of this.#volumes) await this.#docker.volumes.remove(name).catch(() => undefined);
  }
}

export class TestContainer {
  /** For actions in tests that platen never does. */
  readonly docker: Docker.Container;
  readonly #containers: Containers;
  readonly #port: number | undefined;
  #removed = false;

  constructor(containers: Containers, docker: Docker.Container, port: number | undefined) {
    this.#containers = containers;
    this.docker = docker;
    this.#port = port;
  }

  /** The address of the published port, or of one of several. */
  async origin(port = this.#port): Promise<string> {
    return `http://${(await this.#containers.find(this.docker.id))?.ports[`${port}/tcp`]}`;
  }

  /** Runs a shell line and returns its output. @throws Error if it fails */
  async run(line: string, user = 'root'): Promise<string> {
    const { exitCode, stdout, stderr } = await runCommand(
      { containers: this.#containers, id: this.docker.id },
      {
        argv: ['/bin/sh', '-c', line],
        environment: {},
        user,
        cwd: '/',
      },
    );
    if (exitCode !== 0) throw new Error(`${line} ended with ${exitCode}: ${stderr}`);
    return stdout;
  }

  /** Waits until the line succeeds. @throws Error with the container's log after `seconds`, or once it has ended */
  async until(line: string, seconds = 180, user = 'root'): Promise<void> {
    const end = Date.now() + seconds * 1000;
    for (;;) {
      try {
        await this.run(line, user);
        return;
      } catch (error) {
        const late = Date.now() > end;
        if (late || (await this.#containers.find(this.docker.id))?.state !== 'running')
          throw new Error(`${late ? '' : 'the container ended: '}${JSON.stringify(await this.logs())}`, {
            cause: error,
          });
        await sleep(200);
      }
    }
  }

  async logs(): Promise<{ stdout: string; stderr: string }> {
    return this.#containers.written(this.docker.id);
  }

  /**
   * Like `logs`, but waits up to a minute for the pattern. A service may log after it has answered: nginx and php-fpm write
   * their workers' lines later.
   */
  async logged(pattern: RegExp): Promise<{ stdout: string; stderr: string }> {
    for (const end = Date.now() + 60_000; ; await sleep(100)) {
      const text = await this.logs();
      if (pattern.test(text.stdout) || pattern.test(text.stderr) || Date.now() > end) return text;
    }
  }

  /** A file of the container, in a tar from the engine. */
  async archive(path: string): Promise<Buffer> {
    return buffer(await this.#containers.archive(this.docker.id, path));
  }

  /** `docker stop`: returns its duration in milliseconds, and the exit code; kills the container after `seconds`. */
  async stop(seconds = 20): Promise<{ ms: number; exitCode: number }> {
    const begin = performance.now();
    await this.#containers.stop(this.docker.id, seconds);
    const ms = performance.now() - begin;
    return { ms, exitCode: (await this.#containers.find(this.docker.id))?.exitCode ?? -1 };
  }

  /** Waits until the container ends by itself; returns how. @throws Error with its log after five minutes */
  async ended(): Promise<{ exitCode: number; log: string }> {
    const late = sleep(300_000, undefined, { ref: false }).then(() => undefined);
    const exitCode = await Promise.race([this.#containers.wait(this.docker.id), late]);
    const { stdout, stderr } = await this.logs();
    if (exitCode === undefined) throw new Error(`it did not end: ${stdout}${stderr}`);
    return { exitCode, log: stdout + stderr };
  }

  async remove(): Promise<void> {
    if (this.#removed) return;
    this.#removed = true;
    await this.#containers.remove(this.docker.id);
  }
}
