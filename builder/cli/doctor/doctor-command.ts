import { Argument, Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { openPlatform } from '../commands/platform-options.js';
import { quietReporter } from '../live/stream-reporter.js';
import { doctorChecks } from './doctor-checks.js';
import type { Finding } from './finding.js';
import { exitCodes } from '../exit-codes.js';
import { type Palette, paletteFor } from '../text/palette.js';

const colours = { ok: 'green', missing: 'red', other: 'yellow' } as const;

/** `platen doctor [CHECK…]`: prints what is missing on this machine, and how to fix it. */
export const doctorCommand: RunnableCommand = {
  syntax: () =>
    new Command('doctor')
      .description('show which engine is used, and what is missing on this machine')
      .addArgument(
        new Argument('[CHECK...]', 'check only these').choices(doctorChecks.flatMap(({ names }) => names)),
      )
      .option('--env <name>', 'also check what would stop this platform'),

  async run(commandLine: CommandLine, wanted: readonly string[], { env }: { readonly env?: string }) {
    const { stdout, environment } = commandLine;
    const paint = paletteFor(stdout, environment);
    const isWanted = (name: string) => wanted.length === 0 || wanted.includes(name);
    let exitCode: number = exitCodes.done;
    for (const check of doctorChecks.filter(({ names }) => names.some(isWanted)))
      for (const finding of await check.look(environment)) {
        if (!isWanted(finding.name)) continue;
        stdout.write(formatFinding(finding, paint));
        if (finding.state === 'missing') exitCode = exitCodes.failed;
      }
    if (env === undefined) return exitCode;
    for (const finding of await checkPlatform(commandLine, env)) {
      stdout.write(formatFinding(finding, paint));
      if (finding.state === 'missing') exitCode = exitCodes.failed;
    }
    return exitCode;
  },
};

/** What would stop `platen provision --env` of it. */
async function checkPlatform(commandLine: CommandLine, env: string): Promise<readonly Finding[]> {
  const { driver } = await openPlatform(commandLine, { env }, quietReporter);
  return (await driver.check()).flatMap(({ name, detail, problems }): readonly Finding[] =>
    problems.length === 0
      ? [{ name, state: 'ok', detail }]
      : problems.map(({ message, hint }) => ({ name, state: 'missing', detail: message, remedy: hint })),
  );
}

function formatFinding({ name, state, detail, remedy, more = [] }: Finding, paint: Palette): string {
  const first = `${paint(colours[state], state.padEnd(8))} ${name.padEnd(11)} ${detail}`;
  const rest = [remedy, ...more.flatMap((other) => [other.detail, other.remedy])]
    .filter((line) => line !== undefined)
    .map((line) => `${' '.repeat(21)}${line}`);
  return `${[first, ...rest].join('\n')}\n`;
}
