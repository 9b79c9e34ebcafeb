import { PassThrough, Readable, Writable } from 'node:stream';
import type { ForegroundStreams } from '../../../engine/docker/resources/attached.js';
import { BuilderError } from '../../../errors.js';

/** So much of what a command complained of is kept. */
const mostSaid = 4000;

export interface Pipes {
  /** What it reads; nothing by default. */
  readonly input?: Readable | undefined;
  /** Where it writes; nowhere by default. */
  readonly output?: Writable | undefined;
  /** Exit codes that are no failure, beside 0. */
  readonly tolerated?: readonly number[] | undefined;
  readonly signal: AbortSignal;
}

export interface CommandEnd {
  readonly exitCode: number;
  readonly said: string;
}

/** A command failed: how, and what it complained of. */
export class CommandFailure extends BuilderError {
  readonly exitCode: number;

  constructor(doing: string, exitCode: number, said: string) {
    super(`Cannot ${doing}: exit code ${exitCode}\n${said.trim()}`, { code: 'failed' });
    this.exitCode = exitCode;
  }
}

/**
 * Runs a command through pipes, and ends the one that it writes to. Gives its exit code and what it complained of.
 * @param doing as in "cannot <doing>"
 * @throws CommandFailure, BuilderError
 */
export async function pipedCommand(
  doing: string,
  run: (streams: ForegroundStreams) => Promise<number>,
  { input = Readable.from([]), output = new PassThrough().resume(), tolerated = [], signal }: Pipes,
): Promise<CommandEnd> {
  let said = '';
  const stderr = new Writable({
    write(chunk: Buffer, _encoding, done) {
      said = (said + chunk.toString('utf8')).slice(-mostSaid);
      done();
    },
  });
  const stop = (): void => void output.destroy(new Error('interrupted'));
  signal.addEventListener('abort', stop, { once: true });
  try {
    const exitCode = await run({ stdin: input, stdout: output, stderr, terminal: false });
    signal.throwIfAborted();
    if (exitCode === 0 || tolerated.includes(exitCode)) {
      output.end();
      return { exitCode, said };
    }
    throw new CommandFailure(doing, exitCode, said);
  } catch (error) {
    output.destroy(error as Error);
    throw error;
  } finally {
    signal.removeEventListener('abort', stop);
    input.destroy();
  }
}
