import { Command } from 'commander';
import { type PlatformPlan, hasChanges } from '../../platform/change.js';
import type { PlatformOutcome } from '../../platform/driver.js';
import type { Reporter } from '../../reporter.js';
import type { Promotion } from '../../run/promote-release.js';
import { askOnInterrupt } from '../ask-on-interrupt.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter, quietReporter } from '../live/stream-reporter.js';
import { findProjectFolder } from '../project-folder.js';
import { paletteFor } from '../text/palette.js';
import { formatPlatformPlan } from '../text/platform-plan-text.js';
import { usage } from '../usage.js';
import { type PlatformFlags, openPlatform } from './platform-options.js';
import { ask, finish } from './provision-command.js';

interface PromoteFlags {
  readonly from: string;
  readonly to: string;
  readonly plan?: true;
  readonly exitCode?: true;
  readonly yes?: true;
  readonly json?: true;
}

function syntax(): Command {
  return new Command('promote')
    .description('deploy the release that runs in one environment on AWS to another, by its digest')
    .requiredOption('--from <name>', 'where it runs: infra-cfn/environments/NAME.yaml')
    .requiredOption('--to <name>', 'where it shall run; its registry gets a copy where it has none')
    .option('--plan', 'show what would be done, and do nothing')
    .option('--exit-code', 'with --plan: exit with 3 if something would change')
    .option('--yes', 'do not ask before anything is changed')
    .option('--json', 'print the result as one JSON object');
}

async function run(commandLine: CommandLine, flags: PromoteFlags): Promise<number> {
  if (flags.exitCode && !flags.plan) throw usage('--exit-code works only with --plan');
  if (flags.plan) return await plan(commandLine, flags);
  const outcome = await apply(commandLine, flags);
  return finish(commandLine, { flags: targetOf(flags), outcome, reach: '' });
}

function targetOf(flags: PromoteFlags): PlatformFlags {
  return { ...flags, env: flags.to };
}

async function prepare(commandLine: CommandLine, flags: PromoteFlags, reporter: Reporter) {
  const { environment, signal, program, work, workingFolder } = commandLine;
  const projectFolder = findProjectFolder(workingFolder);
  const context = { reporter, signal, environment, projectFolder, program };
  const promotion = await work.preparePromotion(flags, context);
  return { promotion, platform: await openPlatform(commandLine, targetOf(flags), reporter) };
}

async function plan(commandLine: CommandLine, flags: PromoteFlags): Promise<number> {
  const { stdout, environment } = commandLine;
  const { promotion, platform } = await prepare(commandLine, flags, quietReporter);
  const { digest, source, image, isThere } = promotion;
  const planned = await platform.driver.plan({ image });
  stdout.write(
    flags.json
      ? `${JSON.stringify({ ...planned, promotion: { digest, source, image, isThere } })}\n`
      : `${formatPromotion(promotion, flags)}\n${formatPlatformPlan(planned, paletteFor(stdout, environment))}`,
  );
  return flags.exitCode && hasChanges(planned) ? exitCodes.changes : exitCodes.done;
}

/** Shows the plan, asks, copies and deploys; the terminal is free again afterwards. */
async function apply(commandLine: CommandLine, flags: PromoteFlags): Promise<PlatformOutcome> {
  const { stderr, environment } = commandLine;
  using reporter = createStreamReporter(stderr, environment);
  const { promotion, platform } = await prepare(commandLine, flags, reporter);
  using interruption = askOnInterrupt(commandLine, { driver: platform.driver, reporter });
  const approve = async (planned: PlatformPlan): Promise<boolean> => {
    const shown = formatPlatformPlan(planned, paletteFor(stderr, environment));
    stderr.write(`${formatPromotion(promotion, flags)}\n${shown}\n`);
    if (flags.yes !== true) await ask(commandLine, targetOf(flags));
    await promotion.copy();
    interruption.begin();
    return true;
  };
  return await platform.driver.apply({ image: promotion.image, approve });
}

/** Where the release comes from, and whether it has to be copied. */
function formatPromotion({ digest, source, image, isThere }: Promotion, { from, to }: PromoteFlags): string {
  const repository = image.split('@')[0];
  const way = isThere ? `${repository} has it already` : `it is copied to ${repository}`;
  return `The release of ${from} goes to ${to}: ${digest}\n  from ${source.split('@')[0]}; ${way}\n`;
}

/** `platen promote`: prints the address. */
export const promoteCommand: RunnableCommand = { syntax, run };
