import { BuilderError } from '../../../errors.js';
import { type BackupManifest, backupFormat, backupVersion } from '../../backup/backup-manifest.js';
import type { RestoreReport, RestoreWish } from '../../driver.js';
import { applyPlatform } from '../apply/apply-platform.js';
import { requirePinnedAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { type PlatformView, viewPlatform } from '../platform-view.js';
import { runOneOff } from '../service/one-off-task.js';
import { siteContainer } from '../service/service-name.js';
import { siteAddress } from '../site-address.js';
import { isUnderWay } from '../stack-monitor.js';
import { checkBackupName, tagNames } from './backup-name.js';
import { type FoundBackup, findBackups } from './list-backups.js';

const stack = 'database';

/**
 * Makes a database of a backup's snapshot beside the old one, moves the site to it, and rewrites the site's address where that is
 * another one; of the old database a last snapshot is kept. The web root stays as it is: of that a message says where it lies.
 * @param wish.file NAME, or ENVIRONMENT/NAME of another environment of the account
 * @throws BuilderError
 */
export async function awsRestore(
  context: AwsContext,
  { file, approve }: RestoreWish,
): Promise<RestoreReport> {
  const started = performance.now();
  await requirePinnedAccount(context);
  const backup = await findBackup(context, file);
  const view = await viewPlatform(context);
  const manifest = manifestOf(backup);
  const report = (more: Pick<RestoreReport, 'restored' | 'deployment'>): RestoreReport => ({
    environment: context.name,
    address: siteAddress(view.outputs, context.spec) ?? '',
    backup: manifest,
    ms: Math.round(performance.now() - started),
    ...more,
  });
  tellOfFiles(context, backup);
  if ((await approve?.(manifest)) === false) return report({ restored: false, deployment: undefined });
  const { deployment } = await moveDatabase(context, backup.snapshot!.id, view);
  if (deployment === undefined || deployment.outcome === 'completed') await afterwards(context, manifest);
  return report({ restored: true, deployment });
}

async function findBackup(context: AwsContext, file: string): Promise<FoundBackup> {
  const [, environment = context.name, name = ''] = /^(?:([^/]*)\/)?(.*)$/s.exec(file) ?? [];
  checkBackupName(name);
  const all = await findBackups(context, environment);
  const found = all.find((one) => one.name === name);
  if (found?.database === 'available') return found;
  const known = all.map((one) => one.name).join(', ');
  throw new BuilderError(
    found === undefined
      ? `${environment} has no backup ${name}`
      : `The database of the backup ${name} can't be restored: its snapshot is ${found.database ?? 'missing'}`,
    {
      code: 'not-found',
      hint: known === '' ? `"platen backup NAME --env ${environment}" makes one.` : `There are: ${known}.`,
    },
  );
}

function manifestOf({ created, snapshot }: FoundBackup): BackupManifest {
  const tags = snapshot?.tags ?? {};
  return {
    format: backupFormat,
    version: backupVersion,
    created,
    environment: tags[tagNames.environment] ?? '',
    address: tags[tagNames.address] ?? '',
    webroot: tags[tagNames.webroot] ?? '',
    image: tags[tagNames.image] ?? '',
  };
}

function tellOfFiles({ reporter }: AwsContext, { point }: FoundBackup): void {
  const where = point === undefined ? 'the backup has none' : `its recovery point is ${point.arn}`;
  reporter.report({
    kind: 'warning',
    text: `Only the database is going to be restored; the web root stays as it is (${where}; docs/runbook.md tells how to restore it)`,
  });
}

/** What has been begun of the same snapshot is gone on with: another name would begin it again. */
function suffixFor(view: PlatformView, snapshot: string): string {
  const { status = '', parameters = {} } = view.there.get(stack) ?? {};
  const begun = parameters['Suffix'];
  if (isUnderWay(status) && parameters['Snapshot'] === snapshot && begun) return begun;
  return `-${Date.now().toString(36)}`;
}

async function moveDatabase(context: AwsContext, snapshot: string, view: PlatformView) {
  const resources = view.stacks.find(({ name }) => name === stack)?.template.Resources ?? {};
  const restore = { snapshot, suffix: suffixFor(view, snapshot) };
  // Of what is replaced a last snapshot is kept, which the template says; its logs stay, too.
  const allowReplace = Object.keys(resources).map((id) => `${stack}/${id}`);
  const protectedBefore = await release(context, view);
  try {
    return await applyPlatform(context, { restore, allowReplace });
  } catch (error) {
    // Where it went back, the old one is what runs.
    const { rds } = servicesOf(context);
    for (const id of protectedBefore) if ((await rds.instance(id)) !== undefined) await rds.protect(id, true);
    throw error;
  }
}

/** CloudFormation could not delete the old ones once the new are there. Which were protected. */
async function release(context: AwsContext, { there }: PlatformView): Promise<string[]> {
  const { rds, stackCare } = servicesOf(context);
  const found = there.get(stack);
  if (found === undefined) return [];
  const released: string[] = [];
  for (const { type, physicalId } of await stackCare.resources(found.name, context)) {
    if (type !== 'AWS::RDS::DBInstance' || !(await rds.instance(physicalId, context))?.isProtected) continue;
    await rds.protect(physicalId, false, context);
    released.push(physicalId);
  }
  return released;
}

/** The site's own address is in its database, in many places; and the cache has objects of the database before. */
async function afterwards(context: AwsContext, { address: before }: BackupManifest): Promise<void> {
  const { outputs } = await viewPlatform(context);
  const definition = outputs.get('service')?.['TaskDefinitionArn'] ?? '';
  const run = (part: string, ...command: string[]): Promise<void> =>
    runOneOff(context, outputs, {
      part,
      definition,
      container: siteContainer,
      command: ['platen-wp', ...command],
    });
  const address = siteAddress(outputs, context.spec)?.replace(/\/$/, '') ?? '';
  if (before !== '' && before !== address) await run('addresses', 'rewrite-address', before, address);
  if (context.spec.cache.enabled) await run('empty cache', 'flush-cache');
}
