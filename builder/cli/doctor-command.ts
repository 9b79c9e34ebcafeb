import { Command } from 'commander';
import type { CommandLine } from './command-line.js';
import { doctorChecks } from './doctor-checks.js';
import { exitCodes } from './exit-codes.js';
import { paletteFor } from './palette.js';

const colours = { ok: 'green', missing: 'red', other: 'yellow' } as const;

/** `platen doctor`: what is missing on this machine, and how to mend it. */
export function doctorCommand(
  { stdout, environment }: CommandLine,
  end: (exitCode: number) => void,
): Command {
  return new Command('doctor').description('say what is missing on this machine').action(async () => {
    const paint = paletteFor(stdout, environment);
    for (const check of doctorChecks) {
      const { name, state, detail, remedy } = await check(environment);
      const word = paint(colours[state], state.padEnd(8));
      stdout.write(`${word} ${name.padEnd(11)} ${detail}\n`);
      if (remedy !== undefined) stdout.write(`${' '.repeat(21)}${remedy}\n`);
      if (state === 'missing') end(exitCodes.failed);
    }
  });
}
