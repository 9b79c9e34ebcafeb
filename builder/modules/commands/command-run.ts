import { posix } from 'node:path';
import type { ExecCommand, TaskResult } from '../../plan/step.js';
import type { CommandArgs } from './command-args.js';
import { output } from './command-output.js';
import { matchesAny } from '../root/glob.js';
import type { ModuleContext } from '../module.js';
import { atHome } from '../args.js';
import { expandArgument, programExists } from './program.js';
import { TaskFailure } from '../task-failure.js';

/** Constants, because results are cached and compared. */
const noTime = {
  start: '1970-01-01 00:00:00.000000',
  end: '1970-01-01 00:00:00.000000',
  delta: '0:00:00.000000',
};

/** Runs the command of `command` or `shell`, unless `creates` or `removes` apply. */
export async function runCommand(
  args: CommandArgs,
  argv: string[],
  context: ModuleContext,
): Promise<TaskResult> {
  const line = args._raw_params ?? args.cmd;
  if (!line?.trim() && !args.argv?.length) throw new TaskFailure('no command given', { rc: 256 });
  if (line?.trim() && args.argv?.length)
    throw new TaskFailure('only command or argv can be given, not both', { rc: 256 });
  // Report the line of the task, without the shell around it.
  const cmd = line !== undefined && argv[1] === '-c' && argv[2] === line ? line : argv;
  const skip = skipReason(args, context);
  if (skip !== undefined) {
    const msg = `Did not run command since '${skip.path}' ${skip.why}`;
    return { changed: false, cmd, rc: 0, msg, ...output(`skipped, since ${skip.path} ${skip.why}`, '') };
  }
  const result = await context.exec(
    execCommand(args, cmd === argv ? expanded(argv, context) : argv, context),
  );
  const strip = (printed: string): string =>
    args.strip_empty_ends ? printed.replace(/[\r\n]+$/, '') : printed;
  const { exitCode, stdout, stderr } = result;
  const facts = { cmd, rc: exitCode, ...noTime, ...output(strip(stdout), strip(stderr)) };
  if (exitCode !== 0) throw new TaskFailure('non-zero return code', { changed: true, ...facts });
  return { changed: true, msg: '', ...facts };
}

/** Expands variables and `~` as AnsibleModule.run_command does, and checks that the program exists. */
function expanded(argv: readonly string[], context: ModuleContext): string[] {
  const words = argv.map((word) => expandArgument(word, context));
  const [program = ''] = words;
  if (programExists(program, context)) return words;
  throw new TaskFailure(`[Errno 2] No such file or directory: '${program}'`, { rc: 2, cmd: [...argv] });
}

function execCommand(args: CommandArgs, argv: string[], context: ModuleContext): ExecCommand {
  const { chdir, stdin, stdin_add_newline } = args;
  if (chdir !== undefined && context.root.stat(chdir)?.type !== 'directory')
    throw new TaskFailure(`Unable to change directory before execution: '${chdir}' is not a directory`);
  return {
    argv,
    environment: context.environment,
    user: context.user,
    ...(chdir !== undefined && { cwd: chdir }),
    ...(stdin !== undefined && { stdin: Buffer.from(`${stdin}${stdin_add_newline ? '\n' : ''}`) }),
    reads: 'everything',
  };
}

function skipReason(
  { creates, removes, chdir = '/' }: CommandArgs,
  { root }: ModuleContext,
): { path: string; why: string } | undefined {
  // Relative names are relative to `chdir`.
  const there = (name: string): boolean => matchesAny(root, posix.resolve(chdir, atHome(name)));
  if (creates !== undefined && there(creates)) return { path: creates, why: 'exists' };
  if (removes !== undefined && !there(removes)) return { path: removes, why: 'does not exist' };
  return undefined;
}
