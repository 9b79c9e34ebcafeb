import type { Command } from 'commander';
import type { CommandLine } from './command-line.js';

/** One command of `platen`: its syntax and its action. */
export interface RunnableCommand {
  /** Returns commander's definition; a new one for each command line, because commander stores parsed values in it. */
  syntax(): Command;
  /** Takes the parsed arguments, then the options. Resolves to the exit code. @throws BuilderError */
  readonly run: (commandLine: CommandLine, ...parsed: never[]) => Promise<number>;
}

/** A command that only groups others: `platen cache`. */
export interface CommandGroup {
  syntax(): Command;
  readonly subcommands: readonly RunnableCommand[];
}
