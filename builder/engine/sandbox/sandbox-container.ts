import { randomBytes } from 'node:crypto';
import { closeSync, constants, openSync, readlinkSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
import { setTimeout as sleep } from 'node:timers/promises';
import { BuilderError } from '../../errors.js';
import { makeFolder } from '../../system/make-folder.js';
import type { ContainerWanted } from '../container-wanted.js';
import type { EngineLayer } from '../engine.js';
import type { LoopbackNetwork } from './loopback-network.js';
import { inside } from './sandbox-exec.js';
import { removeTree } from './sandbox.js';
import { sandboxError } from './sandbox-error.js';
import { unpackLayers } from './sandbox-layers.js';
import { runTool, startTool } from './sandbox-process.js';
import { signalScript } from './sandbox-scripts.js';
import { findUser, homeOf } from './sandbox-user.js';
import { type CommandNamespace, type CommandUser, isRoot, ToolNamespace } from './tool-namespace.js';
import { openTerminal, terminalVariables } from './sandbox-terminal.js';
import { signalNumber } from './signal-number.js';

export interface SandboxContainerOptions {
  /** The sandbox's folder, absolute. */
  readonly folder: string;
  /** Lowest first, with whiteouts in the form of overlayfs. */
  readonly layers: readonly EngineLayer[];
  readonly signal?: AbortSignal | undefined;
}

const defaultPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

/** The first process of a running container. */
export interface StartedContainer {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly exitCode: Promise<number>;
}

/**
 * A container in namespaces: with its own root over the image's layers, and a loopback as its only network. It ends with the
 * builder, even if that is killed, and leaves nothing behind.
 */
export class SandboxContainer {
  readonly #parts: Parts;
  readonly #wanted: ContainerWanted;
  readonly #onAbort = () => void this.remove().catch(() => undefined);
  #removing: Promise<void> | undefined;

  private constructor(parts: Parts, wanted: ContainerWanted) {
    this.#parts = parts;
    this.#wanted = wanted;
    parts.signal?.addEventListener('abort', this.#onAbort, { once: true });
  }

  /** Prepares a container to start. @throws BuilderError */
  static async open(options: SandboxContainerOptions, wanted: ContainerWanted): Promise<SandboxContainer> {
    options.signal?.throwIfAborted();
    return new SandboxContainer(await prepare(options, wanted), wanted);
  }

  /** Starts it. Its output is in pipes that it may reopen, as in Docker. */
  async start(): Promise<StartedContainer> {
    return this.#guard('start a container', async () => {
      const { session, commandNamespace, user } = this.#parts;
      const pipes = [join(session, 'stdout'), join(session, 'stderr')] as const;
      await runTool(['mkfifo', '--mode=600', ...pipes]);
      const [stdout, stderr] = [readPipe(pipes[0]), readPipe(pipes[1])];
      const redirected = 'out=$1 err=$2; shift 2; exec "$@" >"$out" 2>"$err"';
      const line = [
        ...commandNamespace.enterContainer({ ...user, network: await this.#network() }),
        ...this.#inside(),
      ];
      const child = startTool(['sh', '-c', redirected, 'sh', ...pipes, ...line], { detached: true });
      const exitCode = new Promise<number>((resolve, reject) => {
        child.once('error', reject);
        child.once('exit', (code) => resolve(code ?? 137));
      });
      return { stdin: child.stdin, stdout, stderr, exitCode };
    });
  }

  /** Runs it to its end on the user's terminal, through a terminal of its own. */
  async runOnTerminal(): Promise<number> {
    return this.#guard('start a container', async () => {
      const { commandNamespace, user } = this.#parts;
      const network = await this.#network();
      return openTerminal(
        commandNamespace,
        { ...user, network, as: 'container' },
        this.#inside(terminalVariables),
      );
    });
  }

  /** Sends an HTTP request to a port of its loopback, from inside its network. */
  async ask(port: number, path: string): Promise<{ status: number; body: string }> {
    const told = await runTool([
      'nsenter',
      '--target',
      (await this.#network()).pid,
      ...(isRoot() ? [] : ['--user']),
      '--net',
      '--',
      readlinkSync('/proc/self/exe'),
      '--eval',
      asking,
      `http://127.0.0.1:${port}${path}`,
    ]);
    const answer = JSON.parse(told.toString()) as { status: number; body: string } | { error: string };
    if ('error' in answer) throw new BuilderError(answer.error, { code: 'unavailable' });
    return answer;
  }

  /** Sends its stop signal, and kills it after so many seconds. */
  async stop(exitCode: Promise<number>, seconds = 10): Promise<void> {
    await this.#signal(signalNumber(this.#wanted.stopSignal));
    const done = new AbortController();
    await Promise.race([exitCode, sleep(seconds * 1000, undefined, { signal: done.signal })]);
    done.abort();
    await this.remove();
  }

  async remove(): Promise<void> {
    const { signal, toolNamespace, session } = this.#parts;
    signal?.removeEventListener('abort', this.#onAbort);
    await (this.#removing ??= toolNamespace.close().then(() => removeTree(session)));
  }

  async #signal(number: number): Promise<void> {
    await this.#parts.toolNamespace
      .run(['sh', '-c', signalScript, 'sh', String(number)])
      .catch(() => undefined);
  }

  #network(): Promise<LoopbackNetwork> {
    return this.#parts.toolNamespace.loopbackNetwork();
  }

  #inside(more: Readonly<Record<string, string>> = {}): string[] {
    const { home } = this.#parts;
    const { argv, cwd } = this.#wanted;
    const own = { PATH: defaultPath, HOSTNAME: 'localhost', HOME: home };
    const environment = { ...own, ...more, ...this.#wanted.environment };
    return inside({ argv, environment, cwd });
  }

  async #guard<T>(doing: string, action: () => Promise<T>): Promise<T> {
    try {
      return await action();
    } catch (error) {
      await this.remove().catch(() => undefined);
      this.#parts.signal?.throwIfAborted();
      throw sandboxError(doing, error, this.#parts.folder);
    }
  }
}

interface Parts {
  readonly toolNamespace: ToolNamespace;
  readonly commandNamespace: CommandNamespace;
  readonly user: CommandUser;
  readonly home: string;
  /** The folder of this container. */
  readonly session: string;
  readonly folder: string;
  readonly signal?: AbortSignal | undefined;
}

async function prepare(
  { folder, layers, signal }: SandboxContainerOptions,
  wanted: ContainerWanted,
): Promise<Parts> {
  const name = randomBytes(8).toString('hex');
  const session = join(folder, 'sessions', name);
  let toolNamespace: ToolNamespace | undefined;
  try {
    makeFolder(folder, 0o700);
    const opened = (toolNamespace = await ToolNamespace.open(folder, name));
    const folders = [...wanted.volumes, wanted.cwd].map((path) => path.replace(/^\/+/, ''));
    const commandNamespace = await opened.openCommandNamespace(
      await unpackLayers(layers, { folder, toolNamespace }),
      {
        kind: 'container',
        folders,
      },
    );
    const names = async (file: 'passwd' | 'group') =>
      (await opened.run(['sh', '-c', `cat "/root/etc/${file}" 2>/dev/null || :`])).toString();
    const user = await findUser(wanted.user || 'root', names);
    return {
      toolNamespace,
      commandNamespace,
      user,
      home: homeOf(user, await names('passwd')),
      session,
      folder,
      signal,
    };
  } catch (error) {
    await toolNamespace?.close();
    await removeTree(session).catch(() => undefined);
    throw sandboxError('make a container', error, folder);
  }
}

/** Ends when all writers have ended. */
function readPipe(path: string): Readable {
  const descriptor = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return new Socket({ fd: descriptor, readable: true, writable: false });
  } catch (error) {
    closeSync(descriptor);
    throw error;
  }
}

/** A program for Node.js that runs in the container's network. */
const asking = `
fetch(process.argv[1], { redirect: 'manual', signal: AbortSignal.timeout(5000) })
  .then(async (answer) => ({ status: answer.status, body: await answer.text() }))
  .catch((error) => ({ error: (error.cause ?? error).message || 'no answer' }))
  .then((told) => console.log(JSON.stringify(told)));
`;
