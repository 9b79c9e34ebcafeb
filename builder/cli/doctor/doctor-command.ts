import { Argument, Command } from 'commander';
import type { CommandLine } from '../command-line.js';
import { doctorChecks } from './doctor-checks.js';
import { exitCodes } from '../exit-codes.js';
import { paletteFor } from '../text/palette.js';

const colours = { ok: 'green', missing: 'red', other: 'yellow' } as const;

/** `platen doctor [CHECK…]`: what is missing on this machine, and how to mend it. */
export function doctorCommand(
  { stdout, environment }: CommandLine,
  end: (exitCode: number) => void,
): Command {
  const names = doctorChecks.flatMap((check) => check.names);
  return new Command('doctor')
    .description('say which engine is taken, and what is missing on this machine')
    .addArgument(new Argument('[CHECK...]', 'look at these alone').choices(names))
    .action(async (wanted: readonly string[]) => {
      const paint = paletteFor(stdout, environment);
      const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
      for (const check of doctorChecks.filter((one) => one.names.some(isWanted)))
        for (const finding of await check.look(environment)) {
          if (!isWanted(finding.name)) continue;
          const { name, state, detail, remedy, more = [] } = finding;
          const word = paint(colours[state], state.padEnd(8));
          stdout.write(`${word} ${name.padEnd(11)} ${detail}\n`);
          const rest = [remedy, ...more.flatMap((other) => [other.detail, other.remedy])];
          for (const line of rest) if (line !== undefined) stdout.write(`${' '.repeat(21)}${line}\n`);
          if (state === 'missing') end(exitCodes.failed);
        }
    });
}
