import { Command, Option } from 'commander';
import { type BuildFlags, buildOptionsOf } from './build-arguments.js';
import { engineChoices } from '../../engine/engine-choice.js';
import type { RunnableCommand } from '../command.js';
import { collectOption } from '../collect-option.js';
import type { CommandLine } from '../command-line.js';
import { environmentOption, environmentRegistry } from './environment-registry.js';
import { withProfile } from '../../run/with-profile.js';
import { exitCodes } from '../exit-codes.js';
import { formatPlan, hasChanges } from '../text/plan-text.js';
import { findProjectFolder } from '../project-folder.js';
import { lacksRegistry } from './push-arguments.js';
import { createRepositoryOption, scanThresholdOption } from './push-command.js';
import { userConfiguration } from '../user-configuration.js';
import { addVaultOptions } from '../vault-sources.js';
import { createStreamReporter, quietReporter } from '../live/stream-reporter.js';
import { formatSummary } from '../text/summary.js';

function syntax(): Command {
  return addVaultOptions(addResultOptions(buildOptions()));
}

/** What is built, and how. */
function buildOptions(): Command {
  return new Command('build')
    .description(
      'build an image from images/IMAGE/image.yaml and load it into Docker; without Docker, write an OCI layout',
    )
    .argument('[IMAGE]', 'the image to build', 'wordpress')
    .option('--tag <tag>', 'name the image; may be given more than once', collectOption)
    .option(
      '--var <name=value>',
      "set one of the spec's variables; may be given more than once",
      collectOption,
    )
    .option(
      '--tags <tags>',
      'run only tasks with one of these tags; the image is then named only by --tag',
      collectOption,
    )
    .option(
      '--skip-tags <tags>',
      'skip tasks with one of these tags; the image is then named only by --tag',
      collectOption,
    )
    .option('--plan', 'show which steps would run, and run nothing')
    .option('--exit-code', 'with --plan: exit with 3 if something would change')
    .option('--explain', 'show which input changed, for each step that runs')
    .option('--no-cache', 'run every step again, on the existing base')
    .option('--check-reproducible', 'run every step twice, and fail with the paths where the results differ')
    .option('--output <oci:DIR|tar:FILE>', 'write the image as an OCI layout or an archive')
    .option(
      '--update-lock',
      'look up the tags of base images again, and write their digests to image.lock.yaml',
    )
    .option('--load', 'load the image into Docker, and fail if Docker does not answer')
    .option('--no-load', 'do not load the image into Docker, or write it to an OCI layout instead')
    .option('--no-smoke', "skip the spec's smoke checks")
    .addOption(new Option('--on-error <what>', 'what to do when a step fails').choices(['shell']))
    .addOption(
      new Option(
        '--engine <engine>',
        "the engine that runs commands (default: PLATEN_ENGINE, or the user's configuration, or auto)",
      ).choices(engineChoices),
    );
}

/** Where the image goes, and what is said of it. */
function addResultOptions(command: Command): Command {
  return command
    .option('--registry <host/prefix>', 'also name the image in this registry')
    .addOption(environmentOption())
    .option('--push', 'push the image under each name that has a registry')
    .addOption(createRepositoryOption())
    .addOption(scanThresholdOption())
    .option('--json', 'print the result as one JSON object')
    .option('--quiet', 'print only the result')
    .option('--verbose', 'list each path that a step made and that is left out of the image');
}

async function run(commandLine: CommandLine, image: string, flags: BuildFlags): Promise<number> {
  const { stdout, stderr, signal, work, program } = commandLine;
  const target = await environmentRegistry(flags.env, commandLine, pushesToAccount(image, flags));
  const environment = withProfile(commandLine.environment, target ?? {});
  const options = buildOptionsOf(image, flags, {
    variables: commandLine.environment,
    workingFolder: commandLine.workingFolder,
    configuration: await userConfiguration(environment),
    environment: target,
  });
  const projectFolder = findProjectFolder(commandLine.workingFolder);
  const quiet = flags.quiet || flags.plan;
  using reporter = quiet ? quietReporter : createStreamReporter(stderr, environment, flags.verbose);
  const context = { reporter, signal, environment, projectFolder, program };
  const result = await (flags.plan ? work.planImage : work.buildImage)(options, context);
  stdout.write(
    flags.json ? `${JSON.stringify(result)}\n` : flags.plan ? formatPlan(result) : `${result.digest}\n`,
  );
  if (!quiet) stderr.write(formatSummary(result));
  return flags.exitCode && hasChanges(result) ? exitCodes.changes : exitCodes.done;
}

/** Whether the environment's registry is that of the account if its file has none: a build that pushes nothing asks AWS nothing. */
function pushesToAccount(image: string, flags: BuildFlags): boolean {
  return flags.push === true && !flags.plan && lacksRegistry([image], flags);
}

/** `platen build`: builds, and prints the digest, the plan, or with `--json` the whole result. */
export const buildCommand: RunnableCommand = { syntax, run };
