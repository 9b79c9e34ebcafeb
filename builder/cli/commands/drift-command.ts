import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { quietReporter } from '../live/stream-reporter.js';
import { formatDrift } from '../text/drift-text.js';
import { paletteFor } from '../text/palette.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface DriftFlags extends PlatformFlags {
  readonly exitCode?: true;
}

function syntax(): Command {
  return new Command('drift')
    .description('show what of a platform on AWS was changed outside of its stacks')
    .addOption(platformOption())
    .option('--exit-code', 'exit with 3 if something was changed')
    .option('--json', 'print it as one JSON object');
}

async function run(commandLine: CommandLine, flags: DriftFlags): Promise<number> {
  const { stdout, environment } = commandLine;
  const { driver } = await openPlatform(commandLine, flags, quietReporter);
  const drift = await driver.drift();
  stdout.write(
    flags.json ? `${JSON.stringify(drift)}\n` : formatDrift(drift, paletteFor(stdout, environment)),
  );
  // What could not be compared may have been changed.
  if (drift.failed.length > 0) return exitCodes.failed;
  return flags.exitCode && drift.drifts.length > 0 ? exitCodes.changes : exitCodes.done;
}

/** `platen drift` */
export const driftCommand: RunnableCommand = { syntax, run };
