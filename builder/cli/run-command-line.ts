import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { BuilderError } from '../errors.js';
import type { CommandGroup, RunnableCommand } from './command.js';
import type { CommandLine } from './command-line.js';
import { commandTable } from './command-table.js';
import { exitCodeOf, exitCodes } from './exit-codes.js';
import { findProjectFolder } from './project-folder.js';
import { paletteFor } from './text/palette.js';
import { formatError } from './text/print-error.js';
import { usageError } from './usage-error.js';
import { version } from './version.js';

/** Runs one command line (without the program's name) and resolves to its exit code. Prints errors, never throws them. */
export async function runCommandLine(argv: readonly string[], commandLine: CommandLine): Promise<number> {
  try {
    return await dispatch(argv, commandLine);
  } catch (error) {
    // Commander has printed help, on request or because the command is missing.
    if (error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help'))
      return error.exitCode === 0 ? exitCodes.done : exitCodes.usage;
    const shown = error instanceof CommanderError ? usageError(error, argv[0]) : error;
    return fail(commandLine.signal.aborted ? interrupted(shown) : shown, commandLine);
  }
}

async function dispatch(argv: readonly string[], commandLine: CommandLine): Promise<number> {
  let exitCode: number = exitCodes.done;
  const program = new Command('platen')
    .description(
      'Builds reproducible container images, and runs the platform that they belong to, here and on AWS.',
    )
    .version(version);
  quietly(program, commandLine);
  const commandOf = (entry: RunnableCommand | CommandGroup): Command => {
    const command = entry.syntax();
    quietly(command, commandLine);
    if ('subcommands' in entry) for (const one of entry.subcommands) command.addCommand(commandOf(one));
    else
      command.action(async (...parsed: unknown[]) => {
        // Commander passes the parsed arguments and options, and the command itself last.
        exitCode = await entry.run(commandLine, ...(parsed.slice(0, -1) as never[]));
      });
    return command;
  };
  for (const entry of commandTable) program.addCommand(commandOf(entry));
  if (argv.length === 0) program.help();
  await program.parseAsync([...argv], { from: 'user' });
  return exitCode;
}

/** Sends help to stdout, and makes commander throw errors instead of printing them: `fail` prints them. */
function quietly(command: Command, { stdout, stderr }: CommandLine): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => stdout.write(text),
    writeErr: (text) => stderr.write(text),
    outputError: () => {},
  });
}

function interrupted(cause: unknown): BuilderError {
  return new BuilderError('Interrupted', { code: 'interrupted', cause });
}

function fail(error: unknown, { stderr, environment, workingFolder }: CommandLine): number {
  const context = {
    paint: paletteFor(stderr, environment),
    readText: (file: string) => readText(workingFolder, file),
  };
  stderr.write(formatError(error, context));
  if (environment.PLATEN_DEBUG) stderr.write(`${stackOf(error)}\n`);
  return exitCodeOf(error);
}

/** Reads a file that an origin names, relative to the project. Returns undefined on errors: an excerpt is not worth a second error. */
function readText(workingFolder: string, file: string): string | undefined {
  try {
    return readFileSync(resolve(findProjectFolder(workingFolder), file), 'utf8');
  } catch {
    return undefined;
  }
}

function stackOf(error: unknown): string {
  const { stack, cause } = error as Partial<Error>;
  return cause === undefined ? String(stack) : `${stack}\ncaused by ${stackOf(cause)}`;
}
