import { PassThrough, type Readable } from 'node:stream';
import type Docker from 'dockerode';
import { type FileAccess, fileHeader, padding, tarTrailer } from '../../../tar/tar-header.js';
import { hasStatus } from '../docker-client.js';
import { type Labels, asking, askingFor, labelFilter } from './asking.js';
import { type ForegroundStreams, connectStreams, runAttached, startAttached, startHeld } from './attached.js';
import { type ContainerFacts, containerFacts } from './container-facts.js';
import { type ContainerUsage, type StatsAnswer, containerUsage } from './container-usage.js';
import { demux, terminalOutput } from './demux.js';
import {
  type ExecInput,
  type ExecOptions,
  type RunningExec,
  collect,
  exitCodeOf,
  startExec,
} from './exec.js';
import { type LogLine, logLines } from './log-lines.js';

/** Options of the engine for a new container (Docker Engine API, ContainerCreate). */
export type ContainerOptions = Omit<Docker.ContainerCreateOptions, 'name'>;

/** A file to write into a container before it starts. */
export interface PlacedFile extends FileAccess {
  /** Relative to the target folder. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** A command in a running container, by default with the container's environment, folder and user. */
export interface ContainerCommand {
  readonly argv: readonly string[];
  readonly user?: string | undefined;
}

/** Exit code and output of a command. */
export interface CommandResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Selects lines of a log. */
export interface LogWish {
  readonly follow?: boolean | undefined;
  /** Seconds since 1970; omits earlier lines. */
  readonly since?: number | undefined;
  /** Number of last lines. */
  readonly tail?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** The containers of an engine, by name or id. */
export class Containers {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** Creates a container without starting it; returns its id. @throws BuilderError also if the name is taken */
  async create(name: string | undefined, options: ContainerOptions): Promise<string> {
    const { id } = await asking(
      name === undefined ? `make a container of ${options.Image}` : `make the container ${name}`,
      () => this.#docker.createContainer(name === undefined ? options : { name, ...options }),
    );
    return id;
  }

  /** Writes files into a folder of a container, started or not; if its root is read-only, the folder must be on a volume. */
  async putFiles(name: string, folder: string, files: readonly PlacedFile[]): Promise<void> {
    const members = files.flatMap((file) => [
      fileHeader(file.name, file.bytes.length, file),
      file.bytes,
      padding(file.bytes.length),
    ]);
    await asking(`put files into the container ${name}`, () =>
      this.#docker.getContainer(name).putArchive(Buffer.concat([...members, tarTrailer]), { path: folder }),
    );
  }

  /** The contents of a path, running or not, as a tar. */
  async archive(name: string, path: string): Promise<Readable> {
    return asking(
      `read ${path} of the container ${name}`,
      async () => (await this.#docker.getContainer(name).getArchive({ path })) as Readable,
    );
  }

  /** Starts it; does nothing if it runs. */
  async start(name: string): Promise<void> {
    await this.#change(`start the container ${short(name)}`, [304], () =>
      this.#docker.getContainer(name).start(),
    );
  }

  /** Starts one created with an open standard input, which ends with this process. */
  async startHeld(name: string): Promise<void> {
    await asking(`start the container ${short(name)}`, () => startHeld(this.#docker.getContainer(name)));
  }

  /** Starts one created with attached streams, with this input; the engine removes it when it ends. */
  async startAttached(name: string, input: ExecInput): Promise<RunningExec> {
    return asking(`start the container ${short(name)}`, () =>
      startAttached(this.#docker.getContainer(name), input),
    );
  }

  /** Makes the engine restart it whenever it ends by itself, also after a restart of the engine. */
  async keepRunning(name: string): Promise<void> {
    await this.#change(`have the container ${name} kept running`, [], () =>
      this.#docker.getContainer(name).update({ RestartPolicy: { Name: 'unless-stopped' } }),
    );
  }

  /** Sends its stop signal, and kills it after so many seconds; does nothing if it has ended. */
  async stop(name: string, seconds: number): Promise<void> {
    await this.#change(`stop the container ${short(name)}`, [304, 404], () =>
      this.#docker.getContainer(name).stop({ t: seconds }),
    );
  }

  async kill(name: string, signal = 'SIGKILL'): Promise<void> {
    await this.#change(`kill the container ${short(name)}`, [404, 409], () =>
      this.#docker.getContainer(name).kill({ signal }),
    );
  }

  /** Kills and removes it with its unnamed volumes; does nothing if it is gone, and waits if it is being removed. */
  async remove(name: string): Promise<void> {
    const container = this.#docker.getContainer(name);
    await this.#change(`remove the container ${short(name)}`, [404], () =>
      container.remove({ force: true, v: true }).catch((error: unknown) => {
        if (!hasStatus(error, 409)) throw error;
        return container.wait({ condition: 'removed' });
      }),
    );
  }

  /** Undefined if there is none. */
  async find(name: string): Promise<ContainerFacts | undefined> {
    const found = await askingFor(`look at the container ${short(name)}`, () =>
      this.#docker.getContainer(name).inspect(),
    );
    return found === undefined ? undefined : containerFacts(found);
  }

  /** Containers with these labels, running or not, the oldest first. */
  async list(labels: Labels): Promise<ContainerFacts[]> {
    const filters = { label: labelFilter(labels) };
    const found = await asking('list the containers', () =>
      this.#docker.listContainers({ all: true, filters }),
    );
    const facts = await Promise.all(found.map(({ Id }) => this.find(Id)));
    return facts
      .filter((one) => one !== undefined)
      .sort((a, b) => a.created.localeCompare(b.created) || a.name.localeCompare(b.name));
  }

  /** Waits until it ends; returns the exit code. */
  async wait(name: string): Promise<number> {
    const { StatusCode } = await asking(
      `wait for the container ${short(name)}`,
      async () => (await this.#docker.getContainer(name).wait()) as { StatusCode: number },
    );
    return StatusCode;
  }

  /** Its output, line by line; with `follow`, future output, too, until it ends. */
  async *logs(name: string, { follow = false, since, tail, signal }: LogWish = {}): AsyncGenerator<LogLine> {
    const options = {
      stdout: true,
      stderr: true,
      timestamps: true,
      ...(since === undefined ? {} : { since }),
      ...(tail === undefined ? {} : { tail }),
    };
    const container = this.#docker.getContainer(name);
    const { hasTerminal, stream } = await asking(
      `read the log of the container ${short(name)}`,
      async () => ({
        // Asked first: a log that is open would stay so where this fails.
        hasTerminal: (await container.inspect()).Config.Tty,
        stream: follow
          ? ((await container.logs({ ...options, follow: true })) as unknown as Readable)
          : asStream(await container.logs({ ...options, follow: false })),
      }),
    );
    const end = () => stream.destroy();
    signal?.addEventListener('abort', end, { once: true });
    try {
      yield* logLines(hasTerminal ? terminalOutput(stream) : demux(stream));
    } catch (error) {
      if (signal?.aborted !== true) throw error;
    } finally {
      signal?.removeEventListener('abort', end);
      stream.destroy();
    }
  }

  /** All output so far, by channel. */
  async written(name: string): Promise<Record<LogLine['channel'], string>> {
    return asking(`read the log of the container ${short(name)}`, async () => {
      const mixed = await this.#docker.getContainer(name).logs({ stdout: true, stderr: true, follow: false });
      return collect({ output: demux(asStream(mixed)) });
    });
  }

  /** Runs a command to its end. */
  async run(name: string, { argv, user }: ContainerCommand): Promise<CommandResult> {
    return asking(`run ${argv[0]} in the container ${short(name)}`, async () => {
      const options = { Cmd: [...argv], ...(user === undefined ? {} : { User: user }) };
      const running = await startExec(this.#docker.getContainer(name), options);
      return { ...(await collect(running)), exitCode: await running.exitCode() };
    });
  }

  /** Starts a command, to read its output as it comes. */
  async startCommand(name: string, options: ExecOptions, input?: ExecInput): Promise<RunningExec> {
    return asking(`run a command in the container ${short(name)}`, () =>
      startExec(this.#docker.getContainer(name), options, input),
    );
  }

  /** Runs a command connected to these streams; returns its exit code. */
  async runInForeground(
    name: string,
    { argv, user }: ContainerCommand,
    streams: ForegroundStreams,
  ): Promise<number> {
    return asking(`run ${argv[0]} in the container ${short(name)}`, async () => {
      const exec = await this.#docker.getContainer(name).exec({
        Cmd: [...argv],
        Tty: streams.terminal,
        AttachStdin: true,
        AttachStdout: true,
        AttachStderr: true,
        ...(user === undefined ? {} : { User: user }),
      });
      const socket = await exec.start({ hijack: true, stdin: true, Tty: streams.terminal });
      socket.on('error', () => undefined);
      await connectStreams(exec, socket, streams);
      return exitCodeOf(exec);
    });
  }

  /** Starts one created with attached streams, and returns its exit code; an abort sends its stop signal. */
  async startInForeground(
    name: string,
    streams: ForegroundStreams,
    { signal, onStart }: { readonly signal: AbortSignal; readonly onStart?: () => Promise<void> },
  ): Promise<number> {
    return asking(`run the container ${short(name)}`, () =>
      runAttached(this.#docker.getContainer(name), streams, {
        signal,
        ...(onStart === undefined ? {} : { onStart }),
      }),
    );
  }

  /** Its use of resources, measured over a second; undefined if it does not run. */
  async usage(name: string): Promise<ContainerUsage | undefined> {
    const answer = await askingFor(
      `measure the container ${name}`,
      async () => (await this.#docker.getContainer(name).stats({ stream: false })) as unknown as StatsAnswer,
    );
    return answer?.cpu_stats === undefined ? undefined : containerUsage(answer);
  }

  async #change(doing: string, tolerated: readonly number[], change: () => Promise<unknown>): Promise<void> {
    await asking(doing, () =>
      change().catch((error: unknown) => {
        if (!hasStatus(error, ...tolerated)) throw error;
      }),
    );
  }
}

/** Shortens an id like `docker ps`; keeps names. */
function short(name: string): string {
  return /^[0-9a-f]{64}$/.test(name) ? name.slice(0, 12) : name;
}

/** Without `follow`, dockerode returns a log as one buffer. */
function asStream(bytes: Buffer): Readable {
  const stream = new PassThrough();
  stream.end(bytes);
  return stream;
}
