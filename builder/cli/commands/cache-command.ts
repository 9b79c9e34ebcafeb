import { Command, Option } from 'commander';
import { formatPrune, formatRunning, formatStats } from '../text/cache-text.js';
import type { CommandLine } from '../command-line.js';
import { parseAge } from './parse-age.js';

interface PruneFlags {
  readonly olderThan: string;
  readonly all?: true;
  readonly dryRun?: boolean;
  readonly json?: true;
}

/** `platen cache stats|prune`. */
export function cacheCommand(commandLine: CommandLine): Command {
  return new Command('cache')
    .description('look at the cache, or make it smaller')
    .addCommand(statsCommand(commandLine))
    .addCommand(pruneCommand(commandLine));
}

function statsCommand({ stdout, environment, work }: CommandLine): Command {
  return new Command('stats')
    .description('say what the cache holds')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const found = await work.cacheStats(environment);
      stdout.write(json ? `${JSON.stringify(found)}\n` : formatStats(found));
    });
}

function pruneCommand({ stdout, stderr, environment, work }: CommandLine): Command {
  return new Command('prune')
    .description('remove what no build used of late')
    .option('--older-than <age>', 'what was not used for so long: 12h, 30d, 8w', '30d')
    .addOption(new Option('--all', 'everything').conflicts('olderThan'))
    .option('--dry-run', 'say what would be removed, and remove nothing')
    .option('--json', 'print one JSON object')
    .action(async ({ olderThan, all, dryRun = false, json }: PruneFlags) => {
      const done = await work.pruneCache(environment, { olderThan: all ? 0 : parseAge(olderThan), dryRun });
      stdout.write(json ? `${JSON.stringify(done)}\n` : formatPrune(done));
      if (!json) stderr.write(formatRunning(done));
    });
}
