import { createInterface } from 'node:readline/promises';
import type { CommandLine } from './command-line.js';

/** Asks on the terminal; without one, nobody agrees. */
export async function confirm({ streams }: CommandLine, question: string, answer: string): Promise<boolean> {
  if (!('isTTY' in streams.stdin) || streams.stdin.isTTY !== true) return false;
  const lines = createInterface({ input: streams.stdin, output: streams.stderr });
  try {
    return (await lines.question(question)).trim() === answer;
  } finally {
    lines.close();
  }
}
