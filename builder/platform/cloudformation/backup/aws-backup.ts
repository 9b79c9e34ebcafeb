import type { RecoveryPoint } from '../../../aws/backup/backup-api.js';
import { BuilderError } from '../../../errors.js';
import type { BackupReport } from '../../driver.js';
import { requirePinnedAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { type PlatformView, viewPlatform } from '../platform-view.js';
import { siteAddress } from '../site-address.js';
import { checkBackupName, snapshotId, tagNames } from './backup-name.js';
import { findBackups } from './list-backups.js';

const pollMs = 15_000;

/** What a backup is made of. */
interface Sources {
  readonly name: string;
  readonly instance: string;
  readonly fileSystem: string;
  readonly vault: string;
  readonly role: string;
  readonly tags: Readonly<Record<string, string>>;
}

/**
 * Makes a snapshot of the database and a recovery point of the web root under one name, and waits for both. What was interrupted
 * is gone on with. @throws BuilderError `usage` where the name is taken, `failed` with AWS's reason where either fails
 */
export async function awsBackUp(context: AwsContext, name: string): Promise<BackupReport> {
  const started = performance.now();
  checkBackupName(name);
  await requirePinnedAccount(context);
  const sources = sourcesOf(context, name, await viewPlatform(context));
  const before = (await findBackups(context)).find((one) => one.name === name);
  if (before?.isWhole)
    throw new BuilderError(`${context.name} has a backup ${name} already, of ${before.created}`, {
      code: 'usage',
      hint: 'Take another name; "platen backup --list" shows them all.',
    });
  const [database, files] = await Promise.all([
    step(context, 'database', () => snapshot(context, sources, before?.snapshot !== undefined)),
    step(context, 'web root', () => recoveryPoint(context, sources, before?.point)),
  ]);
  return {
    environment: context.name,
    file: name,
    bytes: database + files,
    ms: Math.round(performance.now() - started),
  };
}

function sourcesOf(context: AwsContext, name: string, { outputs, there }: PlatformView): Sources {
  const found = {
    instance: outputs.get('database')?.['InstanceId'],
    fileSystem: outputs.get('files')?.['FileSystemArn'],
    vault: outputs.get('backup')?.['VaultName'],
    role: outputs.get('backup')?.['RestoreRoleArn'],
  };
  if (Object.values(found).includes(undefined))
    throw new BuilderError(`${context.name} is not there, or not whole`, {
      code: 'not-found',
      hint: `npm run provision -- --env ${context.name} brings it up.`,
    });
  const tags = {
    [tagNames.name]: name,
    [tagNames.environment]: context.name,
    [tagNames.address]: (siteAddress(outputs, context.spec) ?? '').replace(/\/$/, ''),
    [tagNames.webroot]: context.spec.webroot.mode,
    [tagNames.image]: there.get('service')?.parameters['Image'] ?? '',
  };
  return { name, tags, ...(found as Record<keyof typeof found, string>) };
}

/** Bytes of the snapshot, once it is there. */
async function snapshot(
  context: AwsContext,
  { name, instance, tags }: Sources,
  isBegun: boolean,
): Promise<number> {
  const { rds } = servicesOf(context);
  const id = snapshotId(context.name, name);
  if (!isBegun) await rds.createSnapshot({ id, instance, tags }, context);
  return until(context, async () => {
    const [found] = await rds.snapshots(id, context);
    if (found?.status === 'available') return found.bytes;
    if (found === undefined || /^(failed|incompatible.*)$/.test(found.status))
      throw new BuilderError(`The snapshot ${id} is ${found?.status ?? 'gone'}`, {
        code: 'failed',
        hint: `Delete it, then run it again: aws rds delete-db-snapshot --db-snapshot-identifier ${id}`,
      });
    return undefined;
  });
}

/** States of a job that ends so (AWS Backup API reference, DescribeBackupJob). */
const ended = new Set(['ABORTED', 'ABORTING', 'EXPIRED', 'FAILED', 'PARTIAL']);

/** Bytes of the recovery point, once it is there. */
async function recoveryPoint(
  context: AwsContext,
  { name, fileSystem: resource, vault, role, tags }: Sources,
  there: RecoveryPoint | undefined,
): Promise<number> {
  const { backup } = servicesOf(context);
  if (there?.status === 'COMPLETED') return there.bytes ?? 0;
  // AWS knows the job of an interrupted run by its token.
  const token = snapshotId(context.name, name);
  const id = await backup.start({ vault, resource, role, tags, token }, context);
  return until(context, async () => {
    const { state, reason, bytes, point } = await backup.job(id, context);
    if (state === 'COMPLETED') {
      const held = await backup.recoveryPoints(vault, resource, context);
      if (held.some(({ arn }) => arn === point)) return bytes ?? 0;
      throw new BuilderError(`The backup ${name} of the web root was made once, and has been deleted`, {
        code: 'failed',
        hint: 'Take another name: AWS makes no second one by this name.',
      });
    }
    if (ended.has(state))
      throw new BuilderError(
        `The backup of the web root ended as ${state}: ${reason ?? 'AWS gives no reason'}`,
        {
          code: 'failed',
          hint: 'Mend that, and take another name: AWS remembers the job by this one.',
        },
      );
    return undefined;
  });
}

async function until<Found>(context: AwsContext, look: () => Promise<Found | undefined>): Promise<Found> {
  for (;;) {
    const found = await look();
    if (found !== undefined) return found;
    await pause(context, pollMs);
  }
}

async function step<T>({ reporter }: AwsContext, part: string, work: () => Promise<T>): Promise<T> {
  const started = performance.now();
  reporter.report({ kind: 'part-started', part, action: 'save' });
  const done = await work();
  reporter.report({ kind: 'part-changed', part, change: 'saved', ms: performance.now() - started });
  return done;
}
