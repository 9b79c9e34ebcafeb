import type { Duplex, Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { type OutputPiece, demux } from './demux.js';

/** A running command in a container. */
export interface RunningExec {
  /** Its output as it comes; ends with the command. */
  readonly output: AsyncIterable<OutputPiece>;
  exitCode(): Promise<number>;
}

/** The standard input of a command. */
export type ExecInput = Buffer | Readable | undefined;

/** Options of the engine for a command (Docker Engine API, ContainerExec). */
export type ExecOptions = Pick<Docker.ExecCreateOptions, 'Cmd' | 'User' | 'WorkingDir'>;

/** Starts a command in a running container. */
export async function startExec(
  container: Docker.Container,
  options: ExecOptions,
  input?: ExecInput,
): Promise<RunningExec> {
  const exec = await container.exec({
    ...options,
    AttachStdin: input !== undefined,
    AttachStdout: true,
    AttachStderr: true,
  });
  const socket = await exec.start({ hijack: true, stdin: input !== undefined });
  feed(socket, input);
  return { output: demux(socket), exitCode: () => exitCodeOf(exec) };
}

/** Waits for the exit code: the output may end a moment earlier. */
export async function exitCodeOf(exec: Docker.Exec): Promise<number> {
  for (let tries = 0; tries < 500; tries += 1) {
    const { Running, ExitCode } = await exec.inspect();
    if (!Running && ExitCode !== null) return ExitCode;
    await sleep(10);
  }
  return 255;
}

/** Sends a command its standard input. */
export function feed(socket: Duplex, input: ExecInput): void {
  if (input === undefined) return;
  // A command may end without reading all of its input; its exit code tells whether it failed.
  socket.on('error', () => undefined);
  if (Buffer.isBuffer(input)) {
    socket.end(input);
    return;
  }
  input.on('error', (error) => socket.destroy(error));
  input.pipe(socket);
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
