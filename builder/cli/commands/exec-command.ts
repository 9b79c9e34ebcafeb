import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { quietReporter } from '../live/stream-reporter.js';
import { isTerminal } from '../terminal-stream.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface ExecFlags extends PlatformFlags {
  readonly new?: true;
}

function syntax(): Command {
  return new Command('exec')
    .description('run a command in a part of the platform (default: a shell)')
    .usage('[options] <PART> [-- COMMAND...]')
    .argument('<PART>', 'a part or a task: database, wordpress, 1a2b3c')
    .argument('[COMMAND...]', 'what to run')
    .addOption(platformOption())
    .option(
      '--new',
      "run it in a new container with the part's volumes and secrets, even if the part does not run",
    );
}

async function run(
  commandLine: CommandLine,
  part: string,
  command: readonly string[],
  flags: ExecFlags,
): Promise<number> {
  const { streams } = commandLine;
  const terminal = isTerminal(streams.stdin) && isTerminal(streams.stdout);
  const { driver } = await openPlatform(commandLine, flags, quietReporter);
  return driver.exec({ part, command, isNew: flags.new ?? false }, { ...streams, terminal });
}

/** `platen exec`: ends with the exit code of the command. */
export const execCommand: RunnableCommand = { syntax, run };
