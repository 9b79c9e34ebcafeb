import { createInterface } from 'node:readline/promises';
import { BuilderError } from '../errors.js';
import type { CommandLine } from './command-line.js';
import { isTerminal } from './terminal-stream.js';

/**
 * A line that is typed on the terminal; undefined without one, and where Ctrl-D is typed, or the signal comes, first.
 * @throws BuilderError `interrupted` at Ctrl-C, which a terminal that is read line by line gives as a key
 */
export async function askLine(
  commandLine: CommandLine,
  question: string,
  signal: AbortSignal = commandLine.signal,
): Promise<string | undefined> {
  const { stdin: input, stderr: output } = commandLine.streams;
  // readline would wait for ever where the end was read before.
  if (!isTerminal(input) || input.readableEnded) return undefined;
  const lines = createInterface({ input, output });
  try {
    return await new Promise((done, fail) => {
      const nothing = (): void => done(undefined);
      lines.once('SIGINT', () => fail(new BuilderError('Interrupted', { code: 'interrupted' })));
      // Input that ends after a line has its line first.
      lines.once('close', () => setImmediate(nothing));
      lines.question(question, { signal }).then((line) => done(line.trim()), nothing);
    });
  } finally {
    lines.close();
  }
}
