import { askLine } from './ask-line.js';
import type { CommandLine } from './command-line.js';

/** Asks on the terminal; without one, nobody agrees. */
export async function confirm(commandLine: CommandLine, question: string, answer: string): Promise<boolean> {
  return (await askLine(commandLine, question)) === answer;
}
