import { z } from 'zod';
import { flag, like, regionName, section, whole } from './setting.js';

/** The `database:` section of an environment. */
export const databaseSchema = section(
  {
    engine: z
      .enum(['mariadb', 'mysql'])
      .default('mariadb')
      .describe('MariaDB 11.8, as in the local platform, or MySQL 8.4.'),
    class: like(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'a class, like db.t4g.medium').default('db.t4g.medium'),
    storage: whole(20, 65536, 20).describe('Initial storage, in GiB.'),
    maximumStorage: whole(20, 65536, 200).describe('Limit of storage autoscaling, in GiB.'),
    multiAz: flag(true).describe('Keep a standby in another zone for fail-over.'),
    replica: flag(false).describe('Add a read replica.'),
    backupDays: whole(1, 35, 14).describe('Days of point-in-time recovery.'),
    applyImmediately: flag(false).describe(
      'Apply changes that restart the database at once, not in the maintenance window.',
    ),
    rotationDays: whole(1, 90, 30).describe("Days between rotations of the application's password."),
    name: like(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'a name of letters, digits and _').default('wordpress'),
  },
  'The database.',
);

/** The `files:` section of an environment: the shared web root. */
export const filesSchema = section(
  {
    backupDays: whole(1, 3650, 35).describe('Days to keep daily backups.'),
    copyRegion: regionName.optional().describe('Region that backups are copied to.'),
    copyDays: whole(1, 3650, 35).describe('Days to keep the copies there.'),
    coldAfterDays: z
      .union([z.literal(0), z.literal(7), z.literal(14), z.literal(30), z.literal(60), z.literal(90)])
      .default(30)
      .describe('Days without a read after which a file moves to cheaper, slower storage; 0: never.'),
  },
  'The shared web root.',
);

/** The `cache:` section of an environment. */
export const cacheSchema = section(
  {
    enabled: flag(true).describe('Run Valkey as the object cache.'),
    nodeType: like(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type, like cache.t4g.micro').default(
      'cache.t4g.micro',
    ),
    replicas: whole(0, 5, 1).describe(
      'Replica nodes; with one or more, the cache fails over to another zone.',
    ),
    snapshotDays: whole(0, 35, 1).describe('Days to keep snapshots; 0: make none.'),
  },
  'The object cache.',
);

/** The `mail:` section of an environment. */
export const mailSchema = section(
  {
    kind: z
      .enum(['none', 'ses', 'relay'])
      .default('none')
      .describe('How mail is sent: not at all, by Amazon SES, or by an SMTP relay.'),
    from: like(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'a mail address')
      .optional()
      .describe('The sender.'),
    domain: like(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, like example.org')
      .optional()
      .describe("With kind: ses, the sender's domain, verified by DKIM."),
    relay: z
      .strictObject({
        host: like(/^[a-z0-9.-]+$/i, 'a host name'),
        port: whole(1, 65535, 587),
        secret: like(/^arn:aws[a-z-]*:secretsmanager:\S+$/, "a secret's ARN").optional(),
      })
      .optional()
      .describe('With kind: relay. The secret has username and password.'),
  },
  'Mail that WordPress sends.',
);
