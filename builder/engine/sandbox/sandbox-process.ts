import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { withSealedDescriptors } from './sealed-descriptors.js';

/** The environment of the builder's own tools; no other variable gets into a namespace. */
export const toolEnvironment = {
  PATH: '/usr/sbin:/usr/bin:/sbin:/bin',
  LC_ALL: 'C',
  // mount(8) of util-linux 2.39 and later passes each option by fsconfig(2), with a limit of 255 bytes, which an image's
  // list of layers exceeds.
  LIBMOUNT_FORCE_MOUNT2: 'always',
};

const complaintsKept = 4000;

/**
 * Starts a tool with a clean environment, the usual umask and three pipes. `detached` gives it a process group of its own,
 * which ignores the terminal's signals, and which is killed with the tool.
 */
export function startTool(
  argv: readonly string[],
  { detached = false }: { detached?: boolean } = {},
): ChildProcessWithoutNullStreams {
  const child = withSealedDescriptors('pipe', (stdio) =>
    spawn('/bin/sh', ['-c', 'umask 022; exec "$@"', 'sh', ...argv], {
      env: toolEnvironment,
      stdio,
      detached,
    }),
  ) as ChildProcessWithoutNullStreams;
  // A tool may end without reading all of its input; its exit code tells whether it failed.
  child.stdin.on('error', () => undefined);
  // unshare has a child that maps subordinate ids. If unshare is killed, the child waits forever and holds the pipes.
  if (detached) child.once('exit', (_code, signal) => signal !== null && killGroup(child));
  return child;
}

function killGroup({ pid }: { readonly pid?: number | undefined }): void {
  const killer = spawn('/bin/sh', ['-c', 'kill -KILL "-$1"', 'sh', String(pid)], { stdio: 'ignore' });
  killer.on('error', () => undefined).unref();
}

/** A process that keeps a namespace alive, and prints a line when it is ready. */
export class KeptProcess {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #closed: Promise<unknown>;
  #said = '';
  #complaints = '';
  #ended = false;
  #waiting: (() => void) | undefined;

  constructor(argv: readonly string[]) {
    this.#child = startTool(argv, { detached: true });
    this.#closed = once(this.#child, 'close').then(
      () => this.#end(),
      () => this.#end(),
    );
    this.#child.stdout.on('data', (chunk) => {
      this.#said += String(chunk);
      this.#waiting?.();
    });
    this.#child.stderr.on('data', (chunk) => {
      this.#complaints = (this.#complaints + String(chunk)).slice(-complaintsKept);
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  /** Returns the next line of its output. @throws Error with its error output if it ends instead */
  async line(): Promise<string> {
    for (;;) {
      const end = this.#said.indexOf('\n');
      if (end !== -1) {
        const line = this.#said.slice(0, end);
        this.#said = this.#said.slice(end + 1);
        return line;
      }
      if (this.#ended) throw new Error(this.#complaints.trim() || 'the sandbox ended');
      await new Promise<void>((resolve) => (this.#waiting = resolve));
    }
  }

  /**
   * Waits until its last program, which echoes its input, runs. Until then it needs the files of programs and libraries,
   * which must not be removed. @throws Error with its error output if it ends instead
   */
  async settled(): Promise<void> {
    this.#child.stdin.write('\n');
    await this.line();
  }

  /** Ends it, and with it all processes in its namespaces. */
  async close(): Promise<void> {
    this.#child.stdin.end();
    this.#child.kill('SIGKILL');
    await this.#closed;
  }

  #end(): void {
    this.#ended = true;
    this.#waiting?.();
  }
}

interface ToolOptions {
  readonly input?: Buffer | Readable | undefined;
  /** An exit code besides 0 that is not a failure. */
  readonly tolerated?: number;
  /** See `startTool`. */
  readonly detached?: boolean;
}

/** Runs a tool to its end and returns its output. */
export async function runTool(argv: readonly string[], how: ToolOptions = {}): Promise<Buffer> {
  const pieces: Buffer[] = [];
  for await (const bytes of streamTool(argv, how)) pieces.push(bytes);
  return Buffer.concat(pieces);
}

/** Like `runTool`, but streams the output. @throws Error with the tool's error output */
export async function* streamTool(
  argv: readonly string[],
  { input, tolerated = 0, detached = false }: ToolOptions = {},
): AsyncGenerator<Buffer> {
  const child = startTool(argv, { detached });
  let complaints = '';
  child.stderr.on('data', (chunk) => {
    complaints = (complaints + String(chunk)).slice(-complaintsKept);
  });
  const closed = once(child, 'close') as Promise<[number | null]>;
  let broken: Error | undefined;
  if (input === undefined || Buffer.isBuffer(input)) child.stdin.end(input);
  else {
    input.on('error', (error: Error) => {
      broken = error;
      child.kill('SIGKILL');
    });
    input.pipe(child.stdin);
  }
  try {
    yield* child.stdout as AsyncIterable<Buffer>;
  } finally {
    // The reader may stop early.
    child.stdout.destroy();
    if (!Buffer.isBuffer(input)) input?.destroy();
  }
  const [exitCode] = await closed;
  if (broken !== undefined) throw broken;
  if (exitCode !== 0 && exitCode !== tolerated)
    throw new Error(`${complaints.trim() || 'a tool of the sandbox failed'} (exit code ${exitCode})`);
}
