import { resolve } from 'node:path';
import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter } from '../live/stream-reporter.js';
import { formatSize, formatTime } from '../text/format.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

function syntax(): Command {
  return new Command('backup')
    .description('write the database and the web root to one file; the site goes on meanwhile')
    .argument('<FILE>', 'a file that is not there yet')
    .addOption(platformOption())
    .option('--json', 'print the result as one JSON object');
}

async function run(commandLine: CommandLine, file: string, flags: PlatformFlags): Promise<number> {
  const { stdout, stderr, environment, workingFolder } = commandLine;
  using reporter = createStreamReporter(stderr, environment);
  const { driver } = await openPlatform(commandLine, flags, reporter);
  const report = await driver.backup(resolve(workingFolder, file));
  stderr.write(`${formatSize(report.bytes)}, ${formatTime(report.ms)}\n`);
  stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${report.file}\n`);
  return exitCodes.done;
}

/** `platen backup`: prints the file's path. */
export const backupCommand: RunnableCommand = { syntax, run };
