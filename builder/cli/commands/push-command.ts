import { Command, Option } from 'commander';
import { withProfile } from '../../run/with-profile.js';
import { severities } from '../../aws/ecr/severity.js';
import type { RunnableCommand } from '../command.js';
import { collectOption } from '../collect-option.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { environmentOption, environmentRegistry } from './environment-registry.js';
import { findProjectFolder } from '../project-folder.js';
import { type PushFlags, lacksRegistry, pushOptionsOf } from './push-arguments.js';
import { createStreamReporter, quietReporter } from '../live/stream-reporter.js';

/** `platen push IMAGE…`: prints each digest, or with `--json` each result. */
export const pushCommand: RunnableCommand = {
  syntax: () =>
    new Command('push')
      .description('push the last build, and print its digest')
      .argument('<IMAGE...>', 'images of this project, oci:FOLDER, or docker:NAME')
      .option('--registry <host/prefix>', 'the registry for tags without one')
      .addOption(environmentOption())
      .option(
        '--tag <tag>',
        'name the image (:TAG gives only a tag); may be given more than once',
        collectOption,
      )
      .addOption(createRepositoryOption())
      .addOption(scanThresholdOption())
      .option('--json', 'print each result as one JSON object')
      .option('--quiet', 'print only the result'),

  async run(commandLine: CommandLine, images: readonly string[], flags: PushFlags) {
    const { stdout, stderr, signal, work, workingFolder } = commandLine;
    const target = await environmentRegistry(flags.env, commandLine, lacksRegistry(images, flags));
    const environment = withProfile(commandLine.environment, target ?? {});
    const pushes = pushOptionsOf(images, flags, target);
    const projectFolder = findProjectFolder(workingFolder);
    using reporter = flags.quiet ? quietReporter : createStreamReporter(stderr, environment);
    for (const options of pushes) {
      const result = await work.pushImage(options, { reporter, signal, environment, projectFolder });
      stdout.write(flags.json ? `${JSON.stringify(result)}\n` : `${result.digest}\n`);
    }
    return exitCodes.done;
  },
};

export function createRepositoryOption(): Option {
  return new Option('--create-repository', 'create the repository in ECR if it is missing');
}

export function scanThresholdOption(): Option {
  return new Option(
    '--scan-threshold <severity>',
    "wait for ECR's scan, and fail if it finds this severity or worse",
  ).choices(severities);
}
