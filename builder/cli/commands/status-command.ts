import { Command } from 'commander';
import type { RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { quietReporter } from '../live/stream-reporter.js';
import { paletteFor } from '../text/palette.js';
import { formatHistory } from '../text/history-text.js';
import { formatStatus } from '../text/status-text.js';
import { usage } from '../usage.js';
import { type PlatformFlags, openPlatform, platformOption } from './platform-options.js';

interface StatusFlags extends PlatformFlags {
  readonly watch?: true;
  readonly history?: true;
}

const everyMs = 1000;
const clearScreen = '\x1b[H\x1b[J';

function syntax(): Command {
  return new Command('status')
    .description('show what runs: parts, releases, health, and what they use')
    .addOption(platformOption())
    .option('--history', 'who deployed what, when, and how it ended')
    .option('--watch', 'refresh until Ctrl-C')
    .option('--json', 'print it as one JSON object; with --watch, one a line');
}

async function run(commandLine: CommandLine, flags: StatusFlags): Promise<number> {
  const { stdout, environment, signal } = commandLine;
  const paint = paletteFor(stdout, environment);
  if (flags.history && flags.watch) throw usage("--history can't be combined with --watch");
  const { driver } = await openPlatform(commandLine, flags, quietReporter);
  if (flags.history) {
    const past = await driver.history();
    stdout.write(flags.json ? `${JSON.stringify(past)}\n` : formatHistory(past, paint));
    return exitCodes.done;
  }
  const show = (status: Awaited<ReturnType<typeof driver.status>>): void => {
    const text = flags.json ? `${JSON.stringify(status)}\n` : formatStatus(status, paint);
    stdout.write(flags.watch && stdout.isTTY && !flags.json ? clearScreen + text : text);
  };
  if (!flags.watch) show(await driver.status());
  else for await (const status of driver.watch(everyMs)) show(status);
  return signal.aborted ? exitCodes.interrupted : exitCodes.done;
}

/** `platen status` */
export const statusCommand: RunnableCommand = { syntax, run };
