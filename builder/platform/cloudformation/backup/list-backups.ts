import type { RecoveryPoint } from '../../../aws/backup/backup-api.js';
import type { RdsSnapshot } from '../../../aws/rds/rds-api.js';
import type { ListedBackup } from '../../driver.js';
import { requireAccount, servicesOf } from '../aws-account.js';
import type { AwsContext } from '../aws-context.js';
import { tagNames, vaultName } from './backup-name.js';

/** What there is of a backup. */
export interface FoundBackup extends ListedBackup {
  readonly snapshot: RdsSnapshot | undefined;
  readonly point: RecoveryPoint | undefined;
}

/** All backups of an environment, the newest first; also of one whose stacks are gone. @throws BuilderError */
export async function findBackups(context: AwsContext, environment = context.name): Promise<FoundBackup[]> {
  const { rds, backup } = servicesOf(context);
  const [snapshots, points] = await Promise.all([
    rds.snapshots(undefined, context),
    backup.recoveryPoints(vaultName(environment), undefined, context),
  ]);
  const tagged = await Promise.all(
    points.map(async (point) => ({ point, tags: await backup.tags(point.arn, context) })),
  );
  const own = snapshots.filter(({ tags }) => tags[tagNames.environment] === environment);
  const names = [...own, ...tagged].flatMap(({ tags }) => tags[tagNames.name] ?? []);
  return [...new Set(names)]
    .map((name) => {
      const snapshot = own.find(({ tags }) => tags[tagNames.name] === name);
      const point = tagged.find(({ tags }) => tags[tagNames.name] === name)?.point;
      return listed(name, { snapshot, point });
    })
    .sort((a, b) => b.created.localeCompare(a.created));
}

function listed(name: string, { snapshot, point }: Pick<FoundBackup, 'snapshot' | 'point'>): FoundBackup {
  const created = snapshot?.created ?? point?.created ?? new Date();
  return {
    name,
    created: created.toISOString(),
    database: snapshot?.status,
    files: point?.status,
    isWhole: snapshot?.status === 'available' && point?.status === 'COMPLETED',
    snapshot,
    point,
  };
}

/** As the user is told. */
export async function listBackups(context: AwsContext): Promise<ListedBackup[]> {
  await requireAccount(context);
  return (await findBackups(context)).map(({ name, created, database, files, isWhole }) => ({
    name,
    created,
    database,
    files,
    isWhole,
  }));
}
