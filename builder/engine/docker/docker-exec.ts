import type { Duplex, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { demux, type OutputPiece } from './docker-demux.js';
import type { EngineCommand, EngineResult } from '../engine.js';

/** A command that runs in a container. */
export interface RunningExec {
  /** What it writes, as it comes; ends when the command does. */
  readonly output: AsyncIterable<OutputPiece>;
  exitCode(): Promise<number>;
}

/** What goes to a command's standard input. */
export type ExecInput = Buffer | Readable | undefined;

/** The search path of commands that are the builder's own. */
const ownPath = 'PATH=/usr/sbin:/usr/bin:/sbin:/bin';

/** Starts a command of the builder's own, as root in `/`. */
export function startOwn(container: Docker.Container, argv: readonly string[], input?: ExecInput) {
  return start(
    container,
    { Cmd: ['env', '-i', ownPath, 'LC_ALL=C', ...argv], User: '0:0', WorkingDir: '/' },
    input,
  );
}

/** Starts a command in a container, with its own environment and nothing of the engine's. */
export function startCommand(container: Docker.Container, command: EngineCommand): Promise<RunningExec> {
  const { user, cwd, stdin } = command;
  // The engine adds variables of its own (HOSTNAME, PATH, HOME), which `env -i` takes away again.
  return start(container, { Cmd: withEnvironment(command), User: user, WorkingDir: cwd }, stdin);
}

/** A command line that runs a command with its environment and nothing else. */
export function withEnvironment({ argv, environment }: EngineCommand): string[] {
  return ['env', '-i', ...Object.entries(environment).map(([name, value]) => `${name}=${value}`), ...argv];
}

async function start(
  container: Docker.Container,
  options: Docker.ExecCreateOptions,
  input: ExecInput,
): Promise<RunningExec> {
  const exec = await container.exec({
    ...options,
    AttachStdin: input !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const socket = await exec.start({ hijack: true, stdin: input !== undefined });
  feed(socket, input);
  return {
    output: demux(socket),
    exitCode: () => exitCodeOf(exec),
  };
}

/** A command's output may end a moment before the engine knows how it ended. */
export async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await sleep(10);
  }
  return 255;
}

/** Gives a command its standard input. */
export function feed(socket: Duplex, input: ExecInput): void {
  if (input === undefined) return;
  // A command may end without reading all of its input; how it ended is told by its exit code.
  socket.on('error', () => undefined);
  if (Buffer.isBuffer(input)) {
    socket.end(input);
    return;
  }
  input.on('error', (error) => socket.destroy(error));
  input.pipe(socket);
}

/** Runs a command to its end. */
export async function runCommand(container: Docker.Container, command: EngineCommand): Promise<EngineResult> {
  return finishCommand(container, await startCommand(container, command), command);
}

/** Waits for a command's end; `timedOut` where its time was up, and then every process of the container is killed. */
export async function finishCommand(
  container: Docker.Container,
  running: RunningExec,
  command: EngineCommand,
): Promise<EngineResult> {
  let timedOut = false;
  const timer =
    command.timeoutSeconds === undefined
      ? undefined
      : setTimeout(() => {
          timedOut = true;
          void killAll(container);
        }, command.timeoutSeconds * 1000);
  try {
    const output = await collect(running, command.onOutput);
    return { ...output, exitCode: await running.exitCode(), timedOut };
  } finally {
    clearTimeout(timer);
  }
}

/** Reads a command's output to its end. */
export async function collect(
  { output }: Pick<RunningExec, 'output'>,
  onOutput?: ((text: string) => void) | undefined,
): Promise<{ stdout: string; stderr: string }> {
  const pieces: Record<OutputPiece['channel'], Buffer[]> = { stdout: [], stderr: [] };
  const decoders = { stdout: new StringDecoder('utf8'), stderr: new StringDecoder('utf8') };
  for await (const { channel, bytes } of output) {
    pieces[channel].push(bytes);
    onOutput?.(decoders[channel].write(bytes));
  }
  return {
    stdout: Buffer.concat(pieces.stdout).toString('utf8'),
    stderr: Buffer.concat(pieces.stderr).toString('utf8'),
  };
}

/** Kills all that runs in the container but its first process, which keeps it alive: kill(2) with pid -1. */
async function killAll(container: Docker.Container): Promise<void> {
  const killing = await startOwn(container, ['sh', '-c', 'kill -s KILL -- -1']);
  await collect(killing);
}
