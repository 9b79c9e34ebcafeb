import { resolve } from 'node:path';
import { Command } from 'commander';
import type { RunnableCommand } from '../../command.js';
import type { CommandLine } from '../../command-line.js';
import { exitCodes } from '../../exit-codes.js';
import { createStreamReporter } from '../../live/stream-reporter.js';
import { formatSize, formatTime } from '../../text/format.js';
import { formatBackups } from '../../text/backup-text.js';
import { usage } from '../../usage.js';
import { type PlatformFlags, openPlatform, platformOption } from '../platform-options.js';

function syntax(): Command {
  return new Command('backup')
    .description('save the database and the web root while the site runs')
    .argument('[FILE or NAME]', 'a new file; on AWS a name, for a snapshot and a recovery point')
    .addOption(platformOption())
    .option('--list', 'on AWS: list the backups that were made by name')
    .option('--json', 'print the result as one JSON object');
}

interface BackupFlags extends PlatformFlags {
  readonly list?: true;
}

async function run(commandLine: CommandLine, place: string | undefined, flags: BackupFlags): Promise<number> {
  const { stdout, stderr, environment } = commandLine;
  if ((place === undefined) !== (flags.list === true))
    throw usage('A backup needs a file, or on AWS a name', 'Or list those that there are: --list.');
  using reporter = createStreamReporter(stderr, environment);
  const { driver, spec } = await openPlatform(commandLine, flags, reporter);
  if (place === undefined) {
    const backups = await driver.backups();
    stdout.write(flags.json ? `${JSON.stringify(backups)}\n` : formatBackups(backups));
    return exitCodes.done;
  }
  const report = await driver.backup(backupPlace(commandLine, place, spec));
  stderr.write(`${formatSize(report.bytes)}, ${formatTime(report.ms)}\n`);
  stdout.write(flags.json ? `${JSON.stringify(report)}\n` : `${report.file}\n`);
  return exitCodes.done;
}

/** What a driver calls a backup: on this machine an absolute path, on AWS its name. */
export function backupPlace(
  { workingFolder }: CommandLine,
  place: string,
  { local }: { readonly local?: unknown },
): string {
  return local === undefined ? place : resolve(workingFolder, place);
}

/** `platen backup`: prints the file's path, or the name. */
export const backupCommand: RunnableCommand = { syntax, run };
