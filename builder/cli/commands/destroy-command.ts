import { Command } from 'commander';
import { BuilderError } from '../../errors.js';
import { type PlatformPlan, hasChanges } from '../../platform/change.js';
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
  const plan = await destroy(commandLine, flags);
  if (flags.json) commandLine.stdout.write(`${JSON.stringify(plan)}\n`);
  return exitCodes.done;
}

/** Names what is lost, asks, and does it; the terminal is free again afterwards. */
async function destroy(commandLine: CommandLine, flags: DestroyFlags): Promise<PlatformPlan> {
  const { stderr, environment } = commandLine;
  const wish = { withData: flags.withData ?? false };
  using reporter = createStreamReporter(stderr, environment);
  reporter.report({ kind: 'phase-started', environment: flags.env, phase: 'look' });
  const { driver } = await openPlatform(commandLine, flags, reporter);
  const plan = await driver.planDestroy(wish);
  await reporter.hold(() => approve(plan, commandLine, flags));
  await driver.destroy(wish);
  return plan;
}

async function approve(plan: PlatformPlan, commandLine: CommandLine, flags: DestroyFlags): Promise<void> {
  const { stderr, environment } = commandLine;
  if (!hasChanges(plan)) return void stderr.write(`Nothing to do: ${flags.env} is not there.\n`);
  stderr.write(formatPlatformPlan(plan, paletteFor(stderr, environment)));
  const question = `Type the environment's name, ${flags.env}, to remove this: `;
  if (flags.yes || (await confirm(commandLine, question, flags.env))) return;
  throw new BuilderError('Nothing was removed', {
    code: 'usage',
    hint: `Type ${flags.env} when asked, or give --yes.`,
  });
}

/** `platen destroy` */
export const destroyCommand: RunnableCommand = { syntax, run };
