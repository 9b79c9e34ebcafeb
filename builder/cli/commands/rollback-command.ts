import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter } from '../live/stream-reporter.js';
import { deploymentError } from './deployment-error.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface RollbackFlags extends PlatformFlags {
  readonly to?: string;
}

function syntax(): Command {
  return new Command('rollback')
    .description('deploy the release that ran before the one that runs')
    .addOption(platformOption())
    .option('--to <digest>', 'to this release instead: a digest')
    .option('--json', 'print the result as one JSON object');
}

async function run(commandLine: CommandLine, flags: RollbackFlags): Promise<number> {
  const { stdout, stderr, environment } = commandLine;
  using reporter = createStreamReporter(stderr, environment);
  const { driver } = await openPlatform(commandLine, flags, reporter);
  const outcome = await driver.rollBack(flags.to);
  if (flags.json) stdout.write(`${JSON.stringify(outcome)}\n`);
  if (outcome.deployment !== undefined && outcome.deployment.outcome !== 'completed')
    throw deploymentError(outcome.deployment);
  if (!flags.json) stdout.write(`revision ${outcome.deployment?.revision}\n`);
  stderr.write('The next "platen provision" deploys the newest build again; --image keeps it to another.\n');
  return exitCodes.done;
}

/** `platen rollback` */
export const rollbackCommand: RunnableCommand = { syntax, run };
