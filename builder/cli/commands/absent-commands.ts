import { Command } from 'commander';
import { BuilderError } from '../../errors.js';

/** What the contract promises and later issues bring. */
const absent: readonly (readonly [syntax: string, description: string])[] = [
  ['provision', 'bring up the platform'],
  ['status', 'show the state of the platform'],
  ['destroy', 'take the platform down'],
  ['logs', 'show what the platform logs'],
];

/** Commands that say that they are not there yet, whatever their arguments. */
export function absentCommands(): Command[] {
  return absent.map(([name, description]) =>
    new Command(name)
      .description(`${description} (not there yet)`)
      .allowUnknownOption()
      .argument('[arguments...]')
      .helpOption(false)
      .action(() => {
        throw new BuilderError(`"platen ${name}" is not there yet`, { code: 'failed' });
      }),
  );
}
