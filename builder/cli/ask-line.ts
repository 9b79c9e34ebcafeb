import { createInterface } from 'node:readline/promises';
import type { CommandLine } from './command-line.js';

/** Whether somebody sits at the terminal. */
export function isTerminal({ streams }: CommandLine): boolean {
  return 'isTTY' in streams.stdin && streams.stdin.isTTY === true;
}

/** A line that is typed on the terminal; undefined without one, and where Ctrl-C or Ctrl-D is typed, or the signal comes, first. */
export async function askLine(
  commandLine: CommandLine,
  question: string,
  signal?: AbortSignal,
): Promise<string | undefined> {
  if (!isTerminal(commandLine)) return undefined;
  const { stdin: input, stderr: output } = commandLine.streams;
  const lines = createInterface({ input, output });
  try {
    return await new Promise((done) => {
      const nothing = (): void => done(undefined);
      // Input that ends after a line has its line first.
      lines.once('SIGINT', nothing).once('close', () => setImmediate(nothing));
      lines
        .question(question, signal === undefined ? {} : { signal })
        .then((line) => done(line.trim()), nothing);
    });
  } finally {
    lines.close();
  }
}
