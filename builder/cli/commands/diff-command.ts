import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { formatDifference } from '../text/diff-text.js';
import { exitCodes } from '../exit-codes.js';
import { type LookFlags, lookContext, platformOption } from './image-options.js';
import { paletteFor } from '../text/palette.js';

interface DiffFlags extends LookFlags {
  readonly all?: true;
  readonly exitCode?: true;
}

/** `platen diff`. */
export function diffCommand(commandLine: CommandLine, onExit: (code: number) => void): Command {
  const { stdout, environment, work } = commandLine;
  return new Command('diff')
    .description('show in what two images differ: settings, packages, files')
    .argument('<BEFORE>', 'an image of this project, oci:FOLDER, docker:NAME, or a reference to a registry')
    .argument('<AFTER>', 'another one, likewise')
    .addOption(platformOption())
    .option('--all', 'leave out nothing, and fold nothing together')
    .option('--exit-code', 'end with 3 where they differ')
    .option('--json', 'print one JSON object')
    .action(async (before: string, after: string, flags: DiffFlags) => {
      const found = await work.diffImages([before, after], lookContext(commandLine, flags));
      const paint = paletteFor(stdout, environment);
      stdout.write(
        flags.json
          ? `${JSON.stringify(found)}\n`
          : formatDifference(found, { all: flags.all ?? false, paint }),
      );
      if (flags.exitCode && !found.same) onExit(exitCodes.changes);
    });
}
