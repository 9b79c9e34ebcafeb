import { PassThrough, type Writable } from 'node:stream';
import { createGzip } from 'node:zlib';
import { type MemberName, backupFormat, backupVersion, members } from '../../backup/backup-manifest.js';
import { BackupWriter, asPieces } from '../../backup/backup-writer.js';
import type { BackupReport } from '../../driver.js';
import { planPlatform } from '../apply-local.js';
import type { LocalContext } from '../local-context.js';
import { siteAddress } from '../site-address.js';
import type { WantedService } from '../wanted-platform.js';
import { DatabaseCopy } from './database-copy.js';
import { CommandFailure } from './piped-command.js';
import { runningService } from './running-service.js';
import { WebrootCopy, changedMeanwhile } from './webroot-copy.js';

/** How often the web root is read where files change meanwhile. */
const mostTries = 3;

/**
 * Writes database and web root to a file while the site goes on: the database as it is at one moment, and then the files, so that
 * those that it names are there. @throws BuilderError; nothing is left of a file that is not whole
 */
export async function backUpLocal(context: LocalContext, file: string): Promise<BackupReport> {
  const started = performance.now();
  const { wanted, found } = await planPlatform(context, {});
  const service = runningService(wanted.service, found);
  const database = new DatabaseCopy(context, found);
  const webroot = new WebrootCopy(context, service);
  const writer = await BackupWriter.create(file);
  try {
    await writer.add(members.manifest, asPieces(manifestText(context, service)));
    await saved(context, 'database', () =>
      addCompressed(writer, members.database, (output) => database.dump(output)),
    );
    await saved(context, 'web root', () => addWebroot(context, writer, webroot));
    const bytes = await writer.finish();
    const ms = Math.round(performance.now() - started);
    return { environment: context.names.environment, file, bytes, ms };
  } catch (error) {
    await writer.abandon();
    throw error;
  }
}

function manifestText({ names, spec }: LocalContext, { image }: WantedService): string {
  const manifest = {
    format: backupFormat,
    version: backupVersion,
    created: new Date().toISOString(),
    environment: names.environment,
    address: siteAddress(spec).replace(/\/$/, ''),
    webroot: spec.webroot.mode,
    image,
  };
  return `${JSON.stringify(manifest, undefined, 2)}\n`;
}

/** A plugin that is half-way replaced is not worth keeping: what changed is read again, and told where that goes on. */
async function addWebroot(
  { reporter }: LocalContext,
  writer: BackupWriter,
  webroot: WebrootCopy,
): Promise<void> {
  for (let tried = 1; ; tried += 1)
    try {
      let changed = '';
      await addCompressed(writer, members.webroot, async (output) => {
        changed = await webroot.pack(output, tried === mostTries);
      });
      const text = `Files changed each time that they were read; the backup has them as they were the last time.\n${changed}`;
      if (changed !== '') reporter.report({ kind: 'warning', text });
      return;
    } catch (error) {
      if (!(error instanceof CommandFailure) || error.exitCode !== changedMeanwhile || tried === mostTries)
        throw error;
    }
}

/** Compresses what is written, and adds it. */
async function addCompressed(
  writer: BackupWriter,
  name: MemberName,
  write: (output: Writable) => Promise<void>,
): Promise<void> {
  const plain = new PassThrough();
  const packed = createGzip();
  plain.pipe(packed);
  plain.once('error', (error) => packed.destroy(error));
  packed.once('close', () => plain.destroy());
  const written = write(plain).catch((error: unknown) => {
    packed.destroy(error as Error);
    throw error;
  });
  const [outcome, added] = await Promise.allSettled([written, writer.add(name, packed)]);
  for (const one of [added, outcome]) if (one.status === 'rejected') throw one.reason;
}

async function saved({ reporter }: LocalContext, part: string, work: () => Promise<void>): Promise<void> {
  const started = performance.now();
  reporter.report({ kind: 'part-started', part, action: 'save' });
  await work();
  reporter.report({ kind: 'part-changed', part, change: 'saved', ms: performance.now() - started });
}
