import { CommanderError } from 'commander';
import t from 'tap';
import { usageError } from './usage-error.js';

const told = (message: string, { code = 'commander.any', command = 'build' as string | undefined } = {}) => {
  const { message: words, hint } = usageError(new CommanderError(1, code, `error: ${message}`), command);
  return `${words}\n${hint}`;
};

t.test('a wrong choice is told with the right ones', async (t) => {
  t.equal(
    told("option '--engine <engine>' argument 'podman' is invalid. Allowed choices are auto, docker."),
    '"podman" is not a value of --engine\nUse one of auto, docker.',
  );
  t.equal(
    told("command-argument value 'all' is invalid for argument 'CHECK'. Allowed choices are disk, cache."),
    '"all" is not a value of CHECK\nUse one of disk, cache.',
  );
});

t.test('help is named for the command that was called', async (t) => {
  const missing = "missing required argument 'IMAGE'";
  t.equal(told(missing), 'Missing required argument "IMAGE"\nSee platen build --help.');
  t.match(told(missing, { command: '--json' }), 'See platen --help.');
  t.match(told("unknown command 'x'", { command: 'x', code: 'commander.unknownCommand' }), 'platen --help.');
  t.match(told("unknown option '--tga'\n(Did you mean --tag?)"), '\nDid you mean --tag?');
});
