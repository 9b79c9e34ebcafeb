import { z } from 'zod';
import { flag, like, regionName, section, whole } from './setting.js';

/** The `database:` section of an environment. */
export const databaseSchema = section(
  {
    engine: z
      .enum(['mariadb', 'mysql'])
      .default('mariadb')
      .describe('MariaDB 11.8, as it runs locally, or MySQL 8.4.'),
    class: like(/^db\.[a-z0-9]+\.[a-z0-9]+$/, 'a class, like db.t4g.medium').default('db.t4g.medium'),
    storage: whole(20, 65536, 20).describe('GiB, at first.'),
    maximumStorage: whole(20, 65536, 200).describe('GiB that it may grow to.'),
    multiAz: flag(true).describe('A standby in another zone takes over.'),
    replica: flag(false).describe('A replica to read from.'),
    backupDays: whole(1, 35, 14).describe('So long any second can be restored.'),
    applyImmediately: flag(false).describe(
      'Changes that restart it are made at once, not in the maintenance window.',
    ),
    rotationDays: whole(1, 90, 30).describe("The application's password is changed so often."),
    name: like(/^[A-Za-z][A-Za-z0-9_]{0,63}$/, 'a name of letters, digits and _').default('wordpress'),
  },
  'The database.',
);

/** The `files:` section of an environment: the shared web root. */
export const filesSchema = section(
  {
    backupDays: whole(1, 3650, 35).describe('Daily backups are kept so long.'),
    copyRegion: regionName.optional().describe('Backups are copied to this region.'),
    copyDays: whole(1, 3650, 35).describe('And kept there so long.'),
    coldAfterDays: z
      .union([z.literal(0), z.literal(7), z.literal(14), z.literal(30), z.literal(60), z.literal(90)])
      .default(30)
      .describe('What nobody read for so long becomes cheaper, and slower; 0: never.'),
  },
  'The shared web root.',
);

/** The `cache:` section of an environment. */
export const cacheSchema = section(
  {
    enabled: flag(true).describe('Valkey for objects.'),
    nodeType: like(/^cache\.[a-z0-9]+\.[a-z0-9]+$/, 'a node type, like cache.t4g.micro').default(
      'cache.t4g.micro',
    ),
    replicas: whole(0, 5, 1).describe('Nodes beside the first; with one or more, another zone takes over.'),
    snapshotDays: whole(0, 35, 1).describe('Snapshots are kept so long; 0: none are made.'),
  },
  'The cache.',
);

/** The `mail:` section of an environment. */
export const mailSchema = section(
  {
    kind: z.enum(['none', 'ses', 'relay']).default('none').describe('Who sends mail.'),
    from: like(/^[^@\s]+@[^@\s]+\.[^@\s]+$/, 'a mail address')
      .optional()
      .describe('The sender.'),
    domain: like(/^([a-z0-9-]+\.)+[a-z]{2,}$/, 'a host name, like example.org')
      .optional()
      .describe("With kind: ses, the sender's domain, which DKIM proves."),
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
