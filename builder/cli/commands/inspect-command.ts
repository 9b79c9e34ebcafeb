import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { formatInspection } from '../text/inspect-text.js';
import { paletteFor } from '../text/palette.js';
import { type LookFlags, lookContext, platformOption } from './image-options.js';

/** `platen inspect`. */
export const inspectCommand: RunnableCommand = {
  syntax: () =>
    new Command('inspect')
      .description('show the digests, layers, sizes and settings of an image')
      .argument('<IMAGE>', 'an image of this project, oci:FOLDER, docker:NAME, or a reference to a registry')
      .addOption(platformOption())
      .option('--json', 'print one JSON object'),

  async run(commandLine: CommandLine, image: string, flags: LookFlags) {
    const { stdout, environment, work } = commandLine;
    const found = await work.inspectImage(image, lookContext(commandLine, flags));
    stdout.write(
      flags.json ? `${JSON.stringify(found)}\n` : formatInspection(found, paletteFor(stdout, environment)),
    );
    return exitCodes.done;
  },
};
