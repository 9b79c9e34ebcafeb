import { createGunzip } from 'node:zlib';
import { type Readable, pipeline } from 'node:stream';
import { BuilderError } from '../../../errors.js';
import { type MemberName, members } from '../../backup/backup-manifest.js';
import type { Backup } from '../../backup/open-backup.js';
import type { DeploymentOutcome, RestoreReport, RestoreWish } from '../../driver.js';
import { planPlatform } from '../apply-local.js';
import { type ServiceWish, applyService, stopService } from '../apply-service.js';
import { findPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { runInNewContainer } from '../operate/run-in-new-container.js';
import { siteAddress } from '../site-address.js';
import { DatabaseCopy } from './database-copy.js';
import { pipedCommand } from './piped-command.js';
import { runningService } from './running-service.js';
import { noteRestore, restoreDone } from './unfinished-restore.js';
import { WebrootCopy } from './webroot-copy.js';

interface Restoring {
  readonly context: LocalContext;
  readonly backup: Backup;
  readonly database: DatabaseCopy;
  readonly webroot: WebrootCopy;
  readonly wish: ServiceWish;
}

/**
 * Puts back what a backup holds. First beside what is there, which a backup that can't be restored leaves as it is; only then are
 * the tasks taken away and database and web root replaced. Whatever interrupts that, it can be run again.
 * @throws BuilderError
 */
export async function restoreLocal(
  context: LocalContext,
  backup: Backup,
  { approve }: RestoreWish,
): Promise<RestoreReport> {
  const started = performance.now();
  const restoring = await prepare(context, backup);
  const restored = (await approve?.(backup.manifest)) !== false;
  const deployment = restored ? await restore(restoring) : undefined;
  return {
    environment: context.names.environment,
    address: siteAddress(context.spec),
    backup: backup.manifest,
    restored,
    deployment,
    ms: Math.round(performance.now() - started),
  };
}

/** @throws BuilderError where it does not fit this environment */
async function prepare(context: LocalContext, backup: Backup): Promise<Restoring> {
  const { names, spec } = context;
  const { wanted, found } = await planPlatform(context, {});
  const { webroot: mode, environment } = backup.manifest;
  if (mode !== spec.webroot.mode)
    throw new BuilderError(
      `The backup of ${environment} has a web root of mode "${mode}", and ${names.environment} has "${spec.webroot.mode}"`,
      { code: 'invalid', hint: `Set webroot.mode of ${names.environment} to ${mode}, and provision it.` },
    );
  const service = runningService(wanted.service, found);
  const database = new DatabaseCopy(context, found);
  const desired =
    found.records.find(({ outcome }) => outcome === 'completed')?.desired ?? spec.service.minimum;
  const wish = { service, found, desired, subnet: found.network?.subnet ?? '' };
  return { context, backup, database, webroot: new WebrootCopy(context, service), wish };
}

async function restore(restoring: Restoring): Promise<DeploymentOutcome> {
  const { context, backup, database, webroot, wish } = restoring;
  await step(context, 'backup', 'it can be restored', () => tryOut(restoring));
  await noteRestore(context, backup.file);
  await stopService(context, wish);
  await step(context, 'database', undefined, () =>
    database.load(unpacked(backup, members.database), database.name),
  );
  await step(context, 'web root', undefined, () => webroot.swap());
  await rewriteAddress(restoring);
  await emptyCache(context);
  const deployment = await applyService(context, { ...wish, found: await findPlatform(context) });
  await restoreDone(context);
  return deployment;
}

/** Beside what is there: what the server or the disk refuses shows now. */
async function tryOut({ backup, database, webroot }: Restoring): Promise<void> {
  const beside = `${database.name}_restore`;
  try {
    await database.load(unpacked(backup, members.database), beside);
  } finally {
    await database.drop(beside);
  }
  await webroot.unpack(unpacked(backup, members.webroot));
}

function unpacked(backup: Backup, name: MemberName): Readable {
  // A failure of the file's shows as one of the reader's.
  return pipeline(backup.read(name), createGunzip(), () => undefined);
}

/** The site's own address is in its database, in many places. */
async function rewriteAddress({ context, backup, wish: { service } }: Restoring): Promise<void> {
  const address = siteAddress(context.spec).replace(/\/$/, '');
  const before = backup.manifest.address;
  if (before === address) return;
  const { task, files } = service;
  const command = ['platen-wp', 'rewrite-address', before, address];
  await step(context, 'addresses', `${before} → ${address}`, async () => {
    await pipedCommand(
      'rewrite the addresses in the database',
      (streams) => runInNewContainer(context, { task, files, command }, streams),
      { signal: context.signal },
    );
  });
}

/** It has objects of the database that was there before, and keeps none when it is stopped. */
async function emptyCache({ docker, names }: LocalContext): Promise<void> {
  const cache = names.of('cache');
  if ((await docker.containers.find(cache)) === undefined) return;
  await docker.containers.stop(cache, 10);
  await docker.containers.start(cache);
}

async function step(
  { reporter }: LocalContext,
  part: string,
  reason: string | undefined,
  work: () => Promise<void>,
): Promise<void> {
  const started = performance.now();
  reporter.report({ kind: 'part-started', part, action: 'restore' });
  await work();
  const ms = performance.now() - started;
  reporter.report({ kind: 'part-changed', part, change: 'restored', ms, reason });
}
