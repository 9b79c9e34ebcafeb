import { once } from 'node:events';
import type { Duplex, Readable, Writable } from 'node:stream';
import { ReadStream, WriteStream } from 'node:tty';
import type Docker from 'dockerode';
import { demux } from './demux.js';
import { type ExecInput, type RunningExec, feed } from './exec.js';

/** The streams of a container in the foreground. */
export interface ForegroundStreams {
  readonly stdin: Readable;
  readonly stdout: Writable;
  readonly stderr: Writable;
  /** The streams are the user's terminal: the container gets a terminal, too. */
  readonly terminal: boolean;
}

/** A container, or a command in one, whose terminal can be resized. */
interface Resizable {
  resize(size: { h: number; w: number }): Promise<unknown>;
}

/** Connects the streams to the engine's hijacked connection until it ends. */
export function connectStreams(
  terminal: Resizable,
  socket: Duplex,
  streams: ForegroundStreams,
): Promise<void> {
  return streams.terminal ? throughTerminal(terminal, socket) : throughPipes(socket, streams);
}

/**
 * Starts a container created with attached streams, connects it to these, and returns its exit code; an abort sends its stop
 * signal.
 * @param onStart called when it runs
 */
export async function runAttached(
  container: Docker.Container,
  streams: ForegroundStreams,
  { signal, onStart }: { readonly signal: AbortSignal; readonly onStart?: () => Promise<void> },
): Promise<number> {
  const socket = await attach(container, true);
  socket.on('error', () => undefined);
  const ended = container.wait({ condition: 'next-exit' }) as Promise<{ StatusCode: number }>;
  ended.catch(() => undefined);
  const stop = () => void container.stop({ t: 10 }).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  try {
    await container.start();
    if (signal.aborted) stop();
    await onStart?.();
    await connectStreams(container, socket, streams);
    return (await ended).StatusCode;
  } finally {
    signal.removeEventListener('abort', stop);
  }
}

/** Starts a container created with `AutoRemove`, with this input and its output attached. */
export async function startAttached(container: Docker.Container, input: ExecInput): Promise<RunningExec> {
  const socket = await attach(container, input !== undefined);
  const ended = container.wait({ condition: 'removed' }) as Promise<{ StatusCode: number }>;
  // Reported by `exitCode`.
  ended.catch(() => undefined);
  await container.start();
  feed(socket, input);
  return { output: demux(socket), exitCode: async () => (await ended).StatusCode };
}

async function attach(container: Docker.Container, stdin: boolean): Promise<Duplex> {
  const options = { stream: true, stdin, stdout: true, stderr: true, hijack: true };
  return (await container.attach(options)) as unknown as Duplex;
}

/**
 * Starts a container whose standard input is a connection of this process: it ends with the process, even if that is
 * killed.
 */
export async function startHeld(container: Docker.Container): Promise<void> {
  const stdin = (await container.attach({ stream: true, stdin: true, hijack: true })) as unknown as Duplex;
  stdin.on('error', () => undefined).resume();
  // The connection alone must not keep this process alive.
  (stdin as Duplex & { unref?(): void }).unref?.();
  await container.start();
}

async function throughPipes(socket: Duplex, { stdin, stdout, stderr }: ForegroundStreams): Promise<void> {
  stdin.pipe(socket);
  for await (const { channel, bytes } of demux(socket)) {
    const to = channel === 'stdout' ? stdout : stderr;
    if (to.destroyed || !to.write(bytes)) await drained(to);
  }
  stdin.unpipe(socket).pause();
}

/** Waits until the stream accepts data. @throws Error if it is closed */
async function drained(to: Writable): Promise<void> {
  const waiting = new AbortController();
  const { signal } = waiting;
  const gone = async (): Promise<never> => {
    if (!to.destroyed) await once(to, 'close', { signal });
    throw new Error('nobody reads its output any more');
  };
  try {
    await Promise.race([once(to, 'drain', { signal }), gone()]);
  } finally {
    waiting.abort();
  }
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
