import { runCommand } from './command-run.js';
import type { Module } from '../module.js';
import { shellWords } from '../root/shell-words.js';
import { defineModule } from '../task-failure.js';
import { args, type CommandArgs } from './command-args.js';

/** `command`: runs a program, without a shell (ansible/modules/command.py). */
export const command = commandModule('command', ({ argv, _raw_params, cmd }) => {
  const line = _raw_params ?? cmd;
  return argv ?? shellWords(line ?? '');
});

/** `shell`: runs a line with /bin/sh, or with `executable`. */
export const shell = commandModule('shell', ({ argv, executable, _raw_params, cmd }) => [
  executable ?? '/bin/sh',
  '-c',
  _raw_params ?? cmd ?? (argv ?? []).join(' '),
]);

/** `raw`: the same as `shell` in an image build. */
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
