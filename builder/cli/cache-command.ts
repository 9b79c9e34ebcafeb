import { Command } from 'commander';
import type { CommandLine } from './command-line.js';
import { formatCount, formatSize } from './format.js';

/** `platen cache stats|prune`. */
export function cacheCommand({ stdout, environment, work }: CommandLine): Command {
  const stats = new Command('stats')
    .description('say what the cache holds')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const found = await work.cacheStats(environment);
      if (json) stdout.write(`${JSON.stringify(found)}\n`);
      else
        stdout.write(
          `${found.folder}: ${formatCount(found.blobs, 'blob')}, ${formatSize(found.bytes)}; ${formatCount(found.records, 'record')}\n`,
        );
    });
  const prune = new Command('prune')
    .description('remove what no image of late uses')
    .option('--json', 'print one JSON object')
    .action(async ({ json }: { json?: true }) => {
      const done = await work.pruneCache(environment);
      if (json) stdout.write(`${JSON.stringify(done)}\n`);
      else stdout.write(`removed ${formatCount(done.blobs, 'blob')}, ${formatSize(done.bytes)}\n`);
    });
  return new Command('cache')
    .description('look at the cache, or make it smaller')
    .addCommand(stats)
    .addCommand(prune);
}
