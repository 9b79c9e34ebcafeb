import { Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { formatInspection } from '../text/inspect-text.js';
import { type LookFlags, lookContext, platformOption } from './image-options.js';
import { paletteFor } from '../text/palette.js';

/** `platen inspect`. */
export function inspectCommand(commandLine: CommandLine): Command {
  const { stdout, environment, work } = commandLine;
  return new Command('inspect')
    .description('show what an image is made of: digests, layers, sizes, settings')
    .argument('<IMAGE>', 'an image of this project, oci:FOLDER, docker:NAME, or a reference to a registry')
    .addOption(platformOption())
    .option('--json', 'print one JSON object')
    .action(async (image: string, flags: LookFlags) => {
      const found = await work.inspectImage(image, lookContext(commandLine, flags));
      stdout.write(
        flags.json ? `${JSON.stringify(found)}\n` : formatInspection(found, paletteFor(stdout, environment)),
      );
    });
}
