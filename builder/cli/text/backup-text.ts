import type { ListedBackup } from '../../platform/driver.js';
import { formatTable } from './format.js';

/** A line for each backup: name, time, and how its snapshot and its recovery point stand. */
export function formatBackups(backups: readonly ListedBackup[]): string {
  if (backups.length === 0) return 'There are no backups that were made by name.\n';
  const rows = backups.map(({ name, created, database = 'missing', files = 'missing' }) => [
    name,
    created,
    `database ${database}`,
    `files ${files}`,
  ]);
  return `${formatTable(rows, 'llll').join('\n')}\n`;
}
