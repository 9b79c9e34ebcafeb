import { Command, InvalidArgumentError } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { quietReporter } from '../live/stream-reporter.js';
import { logPrinter } from '../text/log-text.js';
import { paletteFor } from '../text/palette.js';
import { parseAge } from '../parse-age.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface LogsFlags extends PlatformFlags {
  readonly follow?: true;
  readonly since?: number;
  readonly tail?: number;
}

function syntax(): Command {
  return new Command('logs')
    .description('show what parts of the platform log, in the order of time')
    .argument('[PART...]', 'parts or tasks: database, wordpress, 1a2b3c; by default all')
    .addOption(platformOption())
    .option('-f, --follow', 'follow new lines until Ctrl-C')
    .option('--since <age>', 'of the last 30m, 12h, 7d', sinceOption)
    .option('--tail <lines>', 'only the last lines of each part', wholeNumber)
    .option('--json', 'print each line as a JSON object');
}

/** Seconds since 1970. */
function sinceOption(text: string): number {
  return Math.floor((Date.now() - parseAge(text)) / 1000);
}

function wholeNumber(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('It must be a whole number.');
  return Number(text);
}

async function run(commandLine: CommandLine, parts: readonly string[], flags: LogsFlags): Promise<number> {
  const { stdout, environment, signal } = commandLine;
  const print = logPrinter(paletteFor(stdout, environment));
  const { driver } = await openPlatform(commandLine, flags, quietReporter);
  const { follow = false, since, tail } = flags;
  for await (const line of driver.logs({ parts, follow, since, tail }))
    stdout.write(`${flags.json ? JSON.stringify(line) : print(line)}\n`);
  return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

/** `platen logs` */
export const logsCommand: RunnableCommand = { syntax, run };
