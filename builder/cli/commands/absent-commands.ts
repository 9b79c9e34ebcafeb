import { Command } from 'commander';
import { BuilderError } from '../../errors.js';
import type { RunnableCommand } from '../command.js';

/** What the contract promises and later issues bring. */
const absent: Readonly<Record<string, string>> = {
  drift: 'show what was changed outside of platen',
  promote: 'deploy the release of one environment to another',
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
