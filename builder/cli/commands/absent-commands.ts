import { Command } from 'commander';
import { BuilderError } from '../../errors.js';
import type { RunnableCommand } from '../command.js';

/** What the contract promises and later issues bring. */
const absent: Readonly<Record<string, string>> = {
  provision: 'bring up the platform',
  status: 'show the state of the platform',
  destroy: 'take the platform down',
  logs: 'show what the platform logs',
  exec: 'run a command in a part of the platform',
  open: 'open the platform in a browser',
  backup: 'write the database and the web root to a file',
  restore: 'bring back what backup wrote',
  rollback: 'go back to the release before',
  drift: 'show what was changed behind the back of the platform',
  promote: 'bring a release from one environment to another',
  mail: 'show the mails that the platform sent',
};

/** Commands that say that they are not there yet, whatever their arguments. */
export const absentCommands: readonly RunnableCommand[] = Object.entries(absent).map(
  ([name, description]) => ({
    syntax: () =>
      new Command(name)
        .description(`${description} (not there yet)`)
        .allowUnknownOption()
        .argument('[arguments...]')
        .helpOption(false),
    run: () => Promise.reject(new BuilderError(`"platen ${name}" is not there yet`, { code: 'failed' })),
  }),
);
