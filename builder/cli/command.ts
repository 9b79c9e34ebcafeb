import type { Command } from 'commander';
import type { CommandLine } from './command-line.js';

/** One command of `platen`: what may be written, and what is then done. */
export interface RunnableCommand {
  /** What commander reads. Made anew for each command line: commander keeps in it what it has read. */
  syntax(): Command;
  /** Gets what commander has read: each argument, then the options. Ends with the exit code. @throws BuilderError */
  readonly run: (commandLine: CommandLine, ...parsed: never[]) => Promise<number>;
}

/** A command that only groups others: `platen cache`. */
export interface CommandGroup {
  syntax(): Command;
  readonly subcommands: readonly RunnableCommand[];
}
