import { Command } from 'commander';
import { BuilderError } from '../../../errors.js';
import type { BackupManifest } from '../../../platform/backup/backup-manifest.js';
import type { RestoreReport } from '../../../platform/driver.js';
import type { RunnableCommand } from '../../command.js';
import type { CommandLine } from '../../command-line.js';
import { confirm } from '../../confirm.js';
import { exitCodes } from '../../exit-codes.js';
import { createStreamReporter } from '../../live/stream-reporter.js';
import { formatTime, oneLine } from '../../text/format.js';
import { backupPlace } from './backup-command.js';
import { deploymentError } from '../deployment-error.js';
import { type PlatformFlags, openPlatform, platformOption } from '../platform-options.js';

interface RestoreFlags extends PlatformFlags {
  readonly yes?: true;
}

function syntax(): Command {
  return new Command('restore')
    .description('replace the database and the web root by what "platen backup" saved; on AWS the database')
    .argument('<FILE or NAME>', 'a backup, of this environment or another; on AWS NAME or ENVIRONMENT/NAME')
    .addOption(platformOption())
    .option('--yes', 'do not ask')
    .option('--json', 'print the result as one JSON object');
}

async function run(commandLine: CommandLine, file: string, flags: RestoreFlags): Promise<number> {
  const { stdout, stderr } = commandLine;
  const report = await restore(commandLine, file, flags);
  if (!report.restored)
    throw new BuilderError('Nothing was changed', {
      code: 'usage',
      hint: `Type ${flags.env} when asked, or give --yes.`,
    });
  if (flags.json) stdout.write(`${JSON.stringify(report)}\n`);
  const { deployment } = report;
  if (deployment !== undefined && deployment.outcome !== 'completed') throw deploymentError(deployment);
  stderr.write(`Restored. Users and passwords are those of the backup.\n${formatTime(report.ms)}\n`);
  if (!flags.json) stdout.write(`${report.address}\n`);
  return exitCodes.done;
}

/** Says what the backup is, asks, and restores it; the terminal is free again afterwards. */
async function restore(commandLine: CommandLine, file: string, flags: RestoreFlags): Promise<RestoreReport> {
  const { stderr, environment } = commandLine;
  using reporter = createStreamReporter(stderr, environment);
  const { driver, spec } = await openPlatform(commandLine, flags, reporter);
  const approve = async ({ created, environment: from, address }: BackupManifest): Promise<boolean> => {
    stderr.write(`A backup of ${oneLine(from)} (${oneLine(address)}), made at ${oneLine(created)}.\n`);
    const question = `Type the environment's name, ${flags.env}, to replace its database${spec.local === undefined ? '' : ' and files'} by it: `;
    return flags.yes === true || confirm(commandLine, question, flags.env);
  };
  return await driver.restore({ file: backupPlace(commandLine, file, spec), approve });
}

/** `platen restore`: prints the address. */
export const restoreCommand: RunnableCommand = { syntax, run };
