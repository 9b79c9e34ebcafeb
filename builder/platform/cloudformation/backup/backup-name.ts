import { BuilderError } from '../../../errors.js';

/** Tags of a snapshot and a recovery point, by which they are found. */
export const tagNames = {
  name: 'platen:backup-name',
  environment: 'platen:environment',
  address: 'platen:address',
  webroot: 'platen:webroot',
  image: 'platen:image',
} as const;

/** @throws BuilderError `usage` for what RDS takes for no name of a snapshot */
export function checkBackupName(name: string): void {
  if (/^[a-z0-9]+(-[a-z0-9]+)*$/.test(name) && name.length <= 100) return;
  throw new BuilderError(`"${name}" is no name for a backup on AWS`, {
    code: 'usage',
    hint: 'It has small letters, digits and single hyphens, like before-upgrade.',
  });
}

/** The vault of an environment's recovery points, as backup.yaml names it: known also where its stack is gone. */
export function vaultName(environment: string): string {
  return `platen-${environment}`;
}

/** The snapshot of a backup. */
export function snapshotId(environment: string, name: string): string {
  return `platen-${environment}-backup-${name}`;
}
