import { z } from 'zod';

/** The members of a backup, which is a tar that `tar` and `sha256sum --check` read, too, in this order. */
export const members = {
  manifest: 'backup.json',
  database: 'database.sql.gz',
  webroot: 'webroot.tar.gz',
  sums: 'SHA256SUMS',
} as const;

export type MemberName = (typeof members)[keyof typeof members];

export const backupFormat = 'platen-backup';
/** Raised when an older platen could not restore what this one writes. */
export const backupVersion = 1;

/** What tells a backup from another tar; all else is read only when this is understood. */
export const backupMarkSchema = z.looseObject({
  format: z.literal(backupFormat),
  version: z.int().positive(),
});

export const backupManifestSchema = z.looseObject({
  format: z.literal(backupFormat),
  version: z.literal(backupVersion),
  /** ISO 8601. */
  created: z.string(),
  environment: z.string(),
  /** Where the site was reached, without a slash at the end: `https://localhost:8443`. */
  address: z.string(),
  /** What of the web root lies on the shared file system: `webroot.mode` of the environment. */
  webroot: z.string(),
  /** What ran: the image's id. */
  image: z.string(),
});

/** What a backup is of. */
export type BackupManifest = z.output<typeof backupManifestSchema>;
