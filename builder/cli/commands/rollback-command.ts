import { Command } from 'commander';
import type { PlatformOutcome } from '../../platform/driver.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter } from '../live/stream-reporter.js';
import { askOnInterrupt } from '../ask-on-interrupt.js';
import { deploymentError } from './deployment-error.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface RollbackFlags extends PlatformFlags {
  readonly to?: string;
}

function syntax(): Command {
  return new Command('rollback')
    .description('deploy the previous release again')
    .addOption(platformOption())
    .option('--to <digest>', 'to this release instead: a digest')
    .option('--json', 'print the result as one JSON object');
}

async function run(commandLine: CommandLine, flags: RollbackFlags): Promise<number> {
  const { stdout, stderr } = commandLine;
  const outcome = await rollBack(commandLine, flags);
  if (flags.json) stdout.write(`${JSON.stringify(outcome)}\n`);
  if (outcome.deployment !== undefined && outcome.deployment.outcome !== 'completed')
    throw deploymentError(outcome.deployment);
  if (!flags.json) stdout.write(`revision ${outcome.deployment?.revision}\n`);
  stderr.write('The next "platen provision" deploys the newest build again, unless --image names another.\n');
  return exitCodes.done;
}

/** The terminal is free again afterwards. */
async function rollBack(commandLine: CommandLine, flags: RollbackFlags): Promise<PlatformOutcome> {
  using reporter = createStreamReporter(commandLine.stderr, commandLine.environment);
  reporter.report({ kind: 'phase-started', environment: flags.env, phase: 'look' });
  const { driver, spec } = await openPlatform(commandLine, flags, reporter);
  using interruption = askOnInterrupt(commandLine, { driver, reporter });
  if (spec.local === undefined) interruption.begin();
  return await driver.rollBack(flags.to);
}

/** `platen rollback` */
export const rollbackCommand: RunnableCommand = { syntax, run };
