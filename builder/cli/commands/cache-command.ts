import { Command, Option } from 'commander';
import type { CommandGroup, RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { formatPrune, formatRunning, formatStats } from '../text/cache-text.js';
import { parseAge } from './parse-age.js';

interface PruneFlags {
  readonly olderThan: string;
  readonly all?: true;
  readonly dryRun?: boolean;
  readonly json?: true;
}

const statsCommand: RunnableCommand = {
  syntax: () =>
    new Command('stats').description('say what the cache holds').option('--json', 'print one JSON object'),

  async run({ stdout, environment, work }: CommandLine, { json }: { json?: true }) {
    const found = await work.cacheStats(environment);
    stdout.write(json ? `${JSON.stringify(found)}\n` : formatStats(found));
    return exitCodes.done;
  },
};

const pruneCommand: RunnableCommand = {
  syntax: () =>
    new Command('prune')
      .description('remove what no build used of late')
      .option('--older-than <age>', 'what was not used for so long: 12h, 30d, 8w', '30d')
      .addOption(new Option('--all', 'everything').conflicts('olderThan'))
      .option('--dry-run', 'say what would be removed, and remove nothing')
      .option('--json', 'print one JSON object'),

  async run({ stdout, stderr, environment, work }: CommandLine, flags: PruneFlags) {
    const { olderThan, all, dryRun = false, json } = flags;
    const done = await work.pruneCache(environment, { olderThan: all ? 0 : parseAge(olderThan), dryRun });
    stdout.write(json ? `${JSON.stringify(done)}\n` : formatPrune(done));
    if (!json) stderr.write(formatRunning(done));
    return exitCodes.done;
  },
};

/** `platen cache stats|prune`. */
export const cacheCommand: CommandGroup = {
  syntax: () => new Command('cache').description('look at the cache, or make it smaller'),
  subcommands: [statsCommand, pruneCommand],
};
