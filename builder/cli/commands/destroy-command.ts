import { Command } from 'commander';
import { BuilderError } from '../../errors.js';
import { hasChanges } from '../../platform/change.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { createStreamReporter } from '../live/stream-reporter.js';
import { paletteFor } from '../text/palette.js';
import { formatPlatformPlan } from '../text/platform-plan-text.js';
import { confirm } from '../confirm.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface DestroyFlags extends PlatformFlags {
  readonly withData?: true;
  readonly yes?: true;
}

function syntax(): Command {
  return new Command('destroy')
    .description('take the platform down; its data stay, unless --with-data')
    .addOption(platformOption())
    .option('--with-data', 'remove the database, the files and the secrets, too')
    .option('--yes', 'do not ask')
    .option('--json', 'print what was removed as one JSON object');
}

async function run(commandLine: CommandLine, flags: DestroyFlags): Promise<number> {
  const { stdout, stderr, environment } = commandLine;
  const wish = { withData: flags.withData ?? false };
  using reporter = createStreamReporter(stderr, environment);
  const { driver } = await openPlatform(commandLine, flags, reporter);
  const plan = await driver.planDestroy(wish);
  if (!hasChanges(plan)) stderr.write(`Nothing to do: ${flags.env} is not there.\n`);
  else stderr.write(formatPlatformPlan(plan, paletteFor(stderr, environment)));
  const question = `Type the environment's name, ${flags.env}, to remove this: `;
  if (hasChanges(plan) && !flags.yes && !(await confirm(commandLine, question, flags.env)))
    throw new BuilderError('Nothing was removed', {
      code: 'usage',
      hint: `Type ${flags.env} when asked, or give --yes.`,
    });
  await driver.destroy(wish);
  if (flags.json) stdout.write(`${JSON.stringify(plan)}\n`);
  return exitCodes.done;
}

/** `platen destroy` */
export const destroyCommand: RunnableCommand = { syntax, run };
