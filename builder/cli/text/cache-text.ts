import type { WholeStats } from '../../run/count-all.js';
import type { WholePrune } from '../../run/prune-all.js';
import type { PruneReport } from '../../store/prune-cache.js';
import { formatCount, formatSize, formatTable } from './format.js';

/** What a cache holds, for people: a table by kind. */
export function formatStats({ folder, kinds, unnamed, records, blobs, bytes, sandbox }: WholeStats): string {
  const rows = Object.entries(kinds).map(([kind, found]) => [
    kind,
    String(found.records),
    String(found.blobs),
    formatSize(found.bytes),
    formatMinute(found.oldestUse),
    formatMinute(found.newestUse),
  ]);
  const rest = ['no record', '', String(unnamed.blobs), formatSize(unnamed.bytes), '', ''];
  const all = ['all', String(records), String(blobs), formatSize(bytes), '', ''];
  const head = ['', 'records', 'blobs', 'size', 'oldest use', 'newest use (UTC)'];
  const unpacked = `${formatCount(sandbox.layers, 'unpacked layer')}, ${formatSize(sandbox.bytes)}, for the sandbox`;
  return `${[folder, ...formatTable([head, ...rows, rest, all], 'lrrrll'), unpacked].join('\n')}\n`;
}

/** What a prune freed, for people. */
export function formatPrune({ records, blobs, bytes, left, dryRun, sandbox }: WholePrune): string {
  const { layers, bytes: size } = sandbox ?? { layers: 0, bytes: 0 };
  const more = layers > 0 ? ` and ${formatCount(layers, 'unpacked layer')}, ${formatSize(size)}` : '';
  const what = `${formatCount(records, 'record')} and ${formatCount(blobs, 'blob')}, ${formatSize(bytes)}${more}`;
  const kept = `${formatCount(left.records, 'record')} and ${formatCount(left.blobs, 'blob')}, ${formatSize(left.bytes)}`;
  return dryRun ? `would remove ${what}; would leave ${kept}\n` : `removed ${what}; left ${kept}\n`;
}

/** Why blobs stayed; nothing where no build runs. */
export function formatRunning({ running }: PruneReport): string {
  if (running === 0) return '';
  const who = running === 1 ? 'a build is' : `${running} builds are`;
  return `${who} running, so blobs stay: prune again afterwards\n`;
}

/** "2026-11-21 08:07" of an ISO time; a dash for what can't be read. */
function formatMinute(time: string): string {
  return time.startsWith('1970-01-01T00:00:00') ? '-' : time.slice(0, 16).replace('T', ' ');
}
