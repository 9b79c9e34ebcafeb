import { Command, Option } from 'commander';
import { parseVariables } from './build-arguments.js';
import { type EngineChoice, engineChoices } from '../../engine/engine-choice.js';
import { engineOf } from '../engine-choice.js';
import type { RunnableCommand } from '../command.js';
import { collectOption } from '../collect-option.js';
import type { CommandLine } from '../command-line.js';
import { type LookFlags, lookContext, platformOption } from './image-options.js';
import { type TaskFlags, runTaskFile } from './run-task-file.js';
import { paletteFor } from '../text/palette.js';
import { usage } from '../usage.js';
import { userConfiguration } from '../user-configuration.js';
import { isTerminal } from '../terminal-stream.js';

interface RunFlags extends LookFlags, TaskFlags {
  readonly engine?: EngineChoice;
  readonly entrypoint?: string;
  readonly setEnv?: string[];
  readonly quiet?: true;
}

function syntax(): Command {
  return new Command('run')
    .description('run a container of an image, or a task of ECS, until it ends')
    .usage('[options] <IMAGE> [-- COMMAND...]\n       platen run --task <FILE>')
    .argument('[IMAGE]', 'an image of this project, oci:FOLDER, docker:NAME, or a reference to a registry')
    .argument('[COMMAND...]', "replaces the image's command; with an entrypoint, its arguments")
    .option('--entrypoint <program>', "replaces the image's entrypoint")
    .option(
      '--set-env <name=value>',
      'set an environment variable; may be given more than once',
      collectOption,
    )
    .addOption(
      new Option(
        '--engine <engine>',
        "what runs it (default: PLATEN_ENGINE, or the user's configuration, or auto)",
      ).choices(engineChoices),
    )
    .addOption(platformOption())
    .option(
      '--task <file>',
      'run a task definition instead, on Docker: a template, or what "aws ecs describe-task-definition" prints',
    )
    .option(
      '--parameter <name=value>',
      "with --task: a template's parameter; may be given more than once",
      collectOption,
    )
    .option(
      '--secret <name=file>',
      'with --task: the value of a secret; may be given more than once',
      collectOption,
    )
    .option('--quiet', 'print only what the container prints');
}

async function run(
  commandLine: CommandLine,
  image: string | undefined,
  command: readonly string[],
  flags: RunFlags,
): Promise<number> {
  if (flags.task !== undefined) return runTaskFile(commandLine, image, flags);
  if (image === undefined) throw usage('Nothing to run is named', 'Name an IMAGE, or give --task FILE.');
  for (const name of ['parameter', 'secret'] as const)
    if (flags[name] !== undefined) throw usage(`--${name} works only with --task`);
  const { environment, stderr, streams, work } = commandLine;
  const { engine = 'auto' } = await userConfiguration(environment);
  const paint = paletteFor(stderr, environment);
  const { stdin, stdout } = streams;
  return work.runImage(
    {
      image,
      engine: flags.engine ?? engineOf(environment) ?? engine,
      entrypoint: flags.entrypoint === undefined ? undefined : [flags.entrypoint],
      command: command.length === 0 ? undefined : command,
      environment: parseVariables(flags.setEnv ?? [], '--set-env'),
    },
    {
      ...lookContext(commandLine, flags),
      streams: { ...streams, terminal: isTerminal(stdin) && isTerminal(stdout) },
      note: (text) => (flags.quiet ? undefined : stderr.write(`${paint('dim', `platen: ${text}`)}\n`)),
    },
  );
}

/** `platen run`: ends with the exit code of the container, or of the one whose end was the task's. */
export const runCommand: RunnableCommand = { syntax, run };
