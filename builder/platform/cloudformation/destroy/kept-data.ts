import type { AwsServices } from '../../../aws/aws-services.js';
import { BuilderError } from '../../../errors.js';
import type { Change } from '../../change.js';
import { servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { pause } from '../pause.js';
import { tagNames, vaultName } from '../backup/backup-name.js';

/** Something with data that the stacks leave behind, or that `backup` made. */
export interface KeptData extends Pick<Change, 'part' | 'type'> {
  /** As stacks name it: its id, or its ARN. */
  readonly id: string;
  readonly loses: string;
  remove(): Promise<void>;
}

const tag = tagNames.environment;
const pollMs = 5000;
/** How often an emptying vault is looked at: ten minutes. */
const looks = 120;

/** All data of an environment that no stack holds, found by tags and names: also where its stacks are long gone. @throws BuilderError */
export async function keptData(context: AwsContext): Promise<KeptData[]> {
  const { copyRegion } = context.spec.files;
  const found = await Promise.all([
    snapshots(context),
    fileSystems(context),
    secrets(context),
    databaseLogs(context),
    vault(context, vaultName(context.name), servicesOf(context)),
    copyRegion === undefined
      ? []
      : vault(context, `${vaultName(context.name)}-copies`, context.services(copyRegion)),
  ]);
  return found.flat();
}

async function snapshots(context: AwsContext): Promise<KeptData[]> {
  const { rds } = servicesOf(context);
  const all = await rds.snapshots(undefined, context);
  return all
    .filter(({ tags }) => tags[tag] === context.name)
    .map(({ id, created }) => ({
      part: id,
      id,
      type: 'AWS::RDS::DBSnapshot',
      loses: `the database of ${created?.toISOString() ?? 'just now'}`,
      remove: () => rds.deleteSnapshot(id, context),
    }));
}

async function fileSystems(context: AwsContext): Promise<KeptData[]> {
  const { efs } = servicesOf(context);
  return (await efs.tagged(tag, context.name, context)).map(({ id, bytes }) => ({
    part: id,
    id,
    type: 'AWS::EFS::FileSystem',
    loses: `the web root and uploads, ${Math.ceil(bytes / 1e6)} MB`,
    remove: () => efs.delete(id, context),
  }));
}

async function secrets(context: AwsContext): Promise<KeptData[]> {
  const { secrets: api } = servicesOf(context);
  return (await api.tagged(tag, context.name, context)).map(({ arn, name, description }) => ({
    part: name,
    id: arn,
    type: 'AWS::SecretsManager::Secret',
    loses: description === '' ? 'the secret' : description,
    remove: () => api.delete(arn, context),
  }));
}

/** Of databases that a restore replaced: a new one could not have its name while they are there. */
async function databaseLogs(context: AwsContext): Promise<KeptData[]> {
  const { logs } = servicesOf(context);
  const names = await logs.tagged(`/aws/rds/instance/platen-${context.name}`, [tag, context.name], context);
  return names.map((name) => ({
    part: name,
    id: name,
    type: 'AWS::Logs::LogGroup',
    loses: "a former database's logs",
    remove: () => logs.deleteGroup(name, context),
  }));
}

async function vault(context: AwsContext, name: string, { backup }: AwsServices): Promise<KeptData[]> {
  if (!(await backup.hasVault(name, context))) return [];
  const points = await backup.recoveryPoints(name, undefined, context);
  return [
    {
      part: name,
      id: name,
      type: 'AWS::Backup::BackupVault',
      loses: `its ${points.length} recovery points`,
      remove: () => removeVault(context, name, backup),
    },
  ];
}

/** AWS deletes recovery points in its own time, and no vault that has some. */
async function removeVault(context: AwsContext, name: string, backup: AwsServices['backup']): Promise<void> {
  const asked = new Set<string>();
  for (let left = looks; left > 0; left -= 1) {
    const points = await backup.recoveryPoints(name, undefined, context);
    if (points.length === 0) return backup.deleteVault(name, context);
    for (const { arn } of points.filter((point) => !asked.has(point.arn))) {
      await backup.deletePoint(name, arn, context);
      asked.add(arn);
    }
    await pause(context, pollMs);
  }
  throw new BuilderError(`The vault ${name} still has recovery points`, {
    code: 'failed',
    hint: 'Run it again in some minutes: AWS deletes them in its own time.',
  });
}
