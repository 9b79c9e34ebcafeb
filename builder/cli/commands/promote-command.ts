import { Command } from 'commander';
import { type PlatformPlan, hasChanges } from '../../platform/change.js';
import type { Promotion } from '../../run/promote-release.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter, quietReporter } from '../live/stream-reporter.js';
import { findProjectFolder } from '../project-folder.js';
import { paletteFor } from '../text/palette.js';
import { formatPlatformPlan } from '../text/platform-plan-text.js';
import { formatReach } from '../text/reach-text.js';
import { usage } from '../usage.js';
import { openPlatform } from './platform-options.js';
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
  const { stdout, stderr, environment, signal, program, work, workingFolder } = commandLine;
  if (flags.exitCode && !flags.plan) throw usage('--exit-code works only with --plan');
  using reporter = flags.plan ? quietReporter : createStreamReporter(stderr, environment);
  const projectFolder = findProjectFolder(workingFolder);
  const promotion = await work.preparePromotion(flags, {
    reporter,
    signal,
    environment,
    projectFolder,
    program,
  });
  const target = { ...flags, env: flags.to };
  const platform = await openPlatform(commandLine, target, reporter);
  const { image } = promotion;
  const paint = paletteFor(flags.plan ? stdout : stderr, environment);
  if (flags.plan) {
    const plan = await platform.driver.plan({ image });
    const { digest, source, isThere } = promotion;
    if (flags.json)
      stdout.write(`${JSON.stringify({ ...plan, promotion: { digest, source, image, isThere } })}\n`);
    else stdout.write(`${formatPromotion(promotion, flags)}\n${formatPlatformPlan(plan, paint)}`);
    return flags.exitCode && hasChanges(plan) ? exitCodes.changes : exitCodes.done;
  }
  const approve = async (plan: PlatformPlan): Promise<boolean> => {
    stderr.write(`${formatPromotion(promotion, flags)}\n${formatPlatformPlan(plan, paint)}\n`);
    if (flags.yes !== true) await ask(commandLine, target);
    await promotion.copy();
    return true;
  };
  const outcome = await platform.driver.apply({ image, approve });
  const reach = formatReach(outcome, platform, { paint, environment });
  return finish(commandLine, { flags: target, outcome, reach });
}

/** Where the release comes from, and whether it has to be copied. */
function formatPromotion({ digest, source, image, isThere }: Promotion, { from, to }: PromoteFlags): string {
  const repository = image.split('@')[0];
  const way = isThere ? `${repository} has it already` : `it is copied to ${repository}`;
  return `The release of ${from} goes to ${to}: ${digest}\n  from ${source.split('@')[0]}; ${way}\n`;
}

/** `platen promote`: prints the address. */
export const promoteCommand: RunnableCommand = { syntax, run };
