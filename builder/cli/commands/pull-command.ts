import { Command } from 'commander';
import { parseOutput } from './build-arguments.js';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { type LookFlags, platformOption } from './image-options.js';
import { createStreamReporter, quietReporter } from '../live/stream-reporter.js';

interface PullFlags extends LookFlags {
  readonly output?: string;
  readonly quiet?: true;
}

/** `platen pull`: prints the digest, or with `--json` the whole result. */
export const pullCommand: RunnableCommand = {
  syntax: () =>
    new Command('pull')
      .description('pull an image from a registry into Docker, and print its digest')
      .argument('<REFERENCE>', '[HOST[:PORT]/]REPOSITORY[:TAG][@sha256:DIGEST]')
      .addOption(platformOption())
      .option(
        '--output <oci:DIR|tar:FILE>',
        'write an OCI layout or an archive, instead of loading into Docker',
      )
      .option('--json', 'print the result as one JSON object')
      .option('--quiet', 'print only the result'),

  async run(commandLine: CommandLine, image: string, flags: PullFlags) {
    const { stdout, stderr, environment, signal, workingFolder, work } = commandLine;
    const { platform } = flags;
    const output = flags.output === undefined ? undefined : parseOutput(flags.output);
    using reporter = flags.quiet ? quietReporter : createStreamReporter(stderr, environment);
    const context = { reporter, environment, signal, workingFolder };
    const result = await work.pullImage({ image, platform, output }, context);
    stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${result.digest}\n`);
    return exitCodes.done;
  },
};
