import type { PastDeployment } from '../../platform/platform-status.js';
import { formatTable, oneLine } from './format.js';
import type { Palette } from './palette.js';

/** A line for each deployment, the newest first: when, how it ended, what, from where, and who. */
export function formatHistory(past: readonly PastDeployment[], paint: Palette): string {
  if (past.length === 0) return 'Nothing was deployed yet.\n';
  const rows = past.map(
    ({ started, ended, outcome = 'under way', image = '', who, branch, commit, reason }) => [
      started ?? ended ?? '',
      outcome,
      image.slice(image.indexOf('sha256:') + 7).slice(0, 12),
      [branch, commit].filter((text) => text !== undefined).join(' '),
      who ?? '',
      reason ?? '',
    ],
  );
  const lines = formatTable(
    rows.map((row) => row.map(oneLine)),
    'llllll',
  );
  return `${lines.map((line, index) => coloured(line, past[index]?.outcome, paint)).join('\n')}\n`;
}

function coloured(line: string, outcome: PastDeployment['outcome'], paint: Palette): string {
  if (outcome === 'completed') return line;
  return paint(outcome === undefined ? 'yellow' : 'red', line);
}
