import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { formatDifference } from '../text/diff-text.js';
import { paletteFor } from '../text/palette.js';
import { type LookFlags, lookContext, platformOption } from './image-options.js';

interface DiffFlags extends LookFlags {
  readonly all?: true;
  readonly exitCode?: true;
}

/** `platen diff`. */
export const diffCommand: RunnableCommand = {
  syntax: () =>
    new Command('diff')
      .description('show how two images differ: settings, packages, files')
      .argument('<BEFORE>', 'an image of this project, oci:FOLDER, docker:NAME, or a reference to a registry')
      .argument('<AFTER>', 'another image, named in the same way')
      .addOption(platformOption())
      .option('--all', 'show everything: leave nothing out, and group nothing')
      .option('--exit-code', 'exit with 3 if they differ')
      .option('--json', 'print one JSON object'),

  async run(commandLine: CommandLine, before: string, after: string, flags: DiffFlags) {
    const { stdout, environment, work } = commandLine;
    const found = await work.diffImages([before, after], lookContext(commandLine, flags));
    const how = { all: flags.all ?? false, paint: paletteFor(stdout, environment) };
    stdout.write(flags.json ? `${JSON.stringify(found)}\n` : formatDifference(found, how));
    return flags.exitCode && !found.same ? exitCodes.changes : exitCodes.done;
  },
};
