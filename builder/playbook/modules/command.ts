import { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { flag, list, moduleArgs, path, text } from './args.js';
import { matchesAny } from './glob.js';
import type { Module, ModuleContext } from './module.js';
import { shellWords } from './shell-words.js';
import { defineModule, TaskFailure } from './task-failure.js';

const shape = {
  /** What stands behind `command:` as a plain string, with `creates=` and the like still in it. */
  _raw_params: text.optional(),
  cmd: text.optional(),
  argv: list.optional(),
  chdir: path.optional(),
  creates: path.optional(),
  removes: path.optional(),
  executable: text.optional(),
  stdin: text.optional(),
  stdin_add_newline: flag.default(true),
  strip_empty_ends: flag.default(true),
  // Gone from Ansible since 2.14; roles still have it.
  warn: flag.optional(),
};

const args = withoutKeyValues(moduleArgs(shape));

type CommandArgs = z.output<typeof args>;

const extracted = /^(creates|removes|chdir|executable|stdin|stdin_add_newline|strip_empty_ends|warn)=(.*)$/s;

/** Takes `creates=/x` and the like out of a plain command string before the arguments are checked (ansible/parsing/splitter.py, parse_kv). */
export function withoutKeyValues<Args>(type: z.ZodType<Args>): z.ZodType<Args> {
  return z.preprocess(splitKeyValues, type) as unknown as z.ZodType<Args>;
}

function splitKeyValues(raw: unknown): unknown {
  const given = { ...(raw as Record<string, unknown>) };
  if (typeof given['_raw_params'] !== 'string') return given;
  const tokens = given['_raw_params'].match(/(?:\\.|"(?:\\.|[^"\\])*"|'[^']*'|[^\s])+\s*/gs) ?? [];
  const kept: string[] = [];
  for (const token of tokens) {
    const [, name, value = ''] = extracted.exec(token.trim()) ?? [];
    if (name === undefined) kept.push(token);
    else given[name] ??= value.replace(/^(["'])(.*)\1$/s, '$2');
  }
  given['_raw_params'] = kept.join('').trim();
  return given;
}

/** `command`: runs a program, without a shell (ansible/modules/command.py). */
export const command = commandModule('command', ({ argv, _raw_params, cmd }) => {
  const line = _raw_params ?? cmd;
  return argv ?? shellWords(line ?? '');
});

/** `shell`: runs a line by /bin/sh, or by `executable`. */
export const shell = commandModule('shell', ({ argv, executable, _raw_params, cmd }) => [
  executable ?? '/bin/sh',
  '-c',
  _raw_params ?? cmd ?? (argv ?? []).join(' '),
]);

/** `raw`: in an image build as `shell`. */
export const raw: Module<CommandArgs> = { ...shell, name: 'raw' };

function commandModule(
  name: 'command' | 'shell',
  toArgv: (args: CommandArgs) => string[],
): Module<CommandArgs> {
  return defineModule<CommandArgs>({
    name,
    version: 1,
    kind: 'exec',
    args,
    freeForm: '_raw_params',
    run: (given, context) => runCommand(given, toArgv(given), context),
  });
}

/** Times are constants: a result is part of what is cached and compared. */
const noTime = {
  start: '1970-01-01 00:00:00.000000',
  end: '1970-01-01 00:00:00.000000',
  delta: '0:00:00.000000',
};

async function runCommand(args: CommandArgs, argv: string[], context: ModuleContext): Promise<TaskResult> {
  const line = (args._raw_params ?? args.cmd)?.trim();
  if (!line && !args.argv?.length) throw new TaskFailure('no command given', { rc: 256 });
  if (line && args.argv?.length)
    throw new TaskFailure('only command or argv can be given, not both', { rc: 256 });
  const cmd =
    argv[1] === '-c' && line !== undefined && args.argv === undefined ? shownCommand(argv, line) : argv;
  const skip = skipReason(args, context);
  if (skip !== undefined)
    return {
      changed: false,
      cmd,
      rc: 0,
      msg: `Did not run command since ${skip}`,
      ...output(`skipped, since ${skip}`, ''),
    };
  const stdin = args.stdin === undefined ? undefined : `${args.stdin}${args.stdin_add_newline ? '\n' : ''}`;
  const result = await context.exec({
    argv,
    environment: context.environment,
    user: context.user,
    ...(args.chdir !== undefined && { cwd: args.chdir }),
    ...(stdin !== undefined && { stdin: Buffer.from(stdin) }),
    reads: 'everything',
  });
  const strip = (printed: string): string =>
    args.strip_empty_ends ? printed.replace(/[\r\n]+$/, '') : printed;
  const facts = {
    cmd,
    rc: result.exitCode,
    ...noTime,
    ...output(strip(result.stdout), strip(result.stderr)),
  };
  if (result.exitCode !== 0) throw new TaskFailure('non-zero return code', { changed: true, ...facts });
  return { changed: true, msg: '', ...facts };
}

function shownCommand(argv: string[], line: string): string | string[] {
  return argv[2] === line || argv[2]?.trim() === line ? line : argv;
}

function skipReason({ creates, removes }: CommandArgs, { root }: ModuleContext): string | undefined {
  if (creates !== undefined && matchesAny(root, creates)) return `'${creates}' exists`;
  if (removes !== undefined && !matchesAny(root, removes)) return `'${removes}' does not exist`;
  return undefined;
}

/** What a command printed, whole and as lines, as Ansible registers it. */
export function output(
  stdout: string,
  stderr: string,
): { stdout: string; stderr: string; stdout_lines: string[]; stderr_lines: string[] } {
  return { stdout, stderr, stdout_lines: lines(stdout), stderr_lines: lines(stderr) };
}

function lines(printed: string): string[] {
  const all = printed.split(/\r\n|\n|\r/);
  if (all.at(-1) === '') all.pop();
  return all;
}
