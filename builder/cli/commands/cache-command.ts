import { Command, Option } from 'commander';
import type { CommandGroup, RunnableCommand } from '../command.js';
import type { CommandLine } from '../command-line.js';
import { exitCodes } from '../exit-codes.js';
import { formatPrune, formatRunning, formatStats } from '../text/cache-text.js';
import { parseAge } from '../parse-age.js';

interface PruneFlags {
  readonly olderThan: string;
  readonly all?: true;
  readonly dryRun?: boolean;
  readonly json?: true;
}

const statsCommand: RunnableCommand = {
  syntax: () =>
    new Command('stats').description('show what is in the cache').option('--json', 'print one JSON object'),

  async run({ stdout, environment, work }: CommandLine, { json }: { json?: true }) {
    const found = await work.cacheStats(environment);
    stdout.write(json ? `${JSON.stringify(found)}\n` : formatStats(found));
    return exitCodes.done;
  },
};

const pruneCommand: RunnableCommand = {
  syntax: () =>
    new Command('prune')
      .description('remove what no build has used for a while')
      .option('--older-than <age>', 'remove what was not used for this long: 12h, 30d, 8w', '30d')
      .addOption(new Option('--all', 'remove everything').conflicts('olderThan'))
      .option('--dry-run', 'show what would be removed, and remove nothing')
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
  syntax: () => new Command('cache').description('show the cache, or shrink it'),
  subcommands: [statsCommand, pruneCommand],
};
