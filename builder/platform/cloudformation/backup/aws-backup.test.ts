import t from 'tap';
import type { BackupJob, RecoveryPoint } from '../../../aws/backup/backup-api.js';
import type { RdsSnapshot } from '../../../aws/rds/rds-api.js';
import type { PlatenEvent } from '../../../reporter.js';
import { environmentOf } from '../../../testing/platform-variants.js';
import { loadPlatform } from '../../graph/load-platform.js';
import type { AwsContext } from '../aws-context.js';
import { awsBackUp } from './aws-backup.js';
import { awsRestore } from './aws-restore.js';
import { listBackups } from './list-backups.js';

const platform = loadPlatform('.');
const outputs: Readonly<Record<string, Record<string, string>>> = {
  database: { InstanceId: 'platen-dev' },
  files: { FileSystemArn: 'arn:files' },
  backup: { VaultName: 'platen-dev', RestoreRoleArn: 'arn:role' },
  service: { ServiceName: 'dev-wordpress' },
  cdn: { Address: 'https://d1.cloudfront.net/' },
};
type Tags = Readonly<Record<string, string>>;

/** RDS and AWS Backup as timelines: each look moves what is under way on. */
class FakeBackups {
  readonly snapshots: RdsSnapshot[] = [];
  readonly points: (RecoveryPoint & { tags: Tags })[] = [];
  readonly jobs = new Map<string, { left: number; point: RecoveryPoint & { tags: Tags } }>();
  readonly asked: string[] = [];
  readonly told: PlatenEvent[] = [];
  failure: BackupJob | undefined;
  beforeWait: () => void = () => {};

  readonly rds = {
    createSnapshot: async (request: Pick<RdsSnapshot, 'id' | 'instance' | 'tags'>) => {
      this.asked.push(`snapshot ${request.id} of ${request.instance}`);
      this.snapshots.push({ ...request, status: 'creating', created: undefined, bytes: 20 });
    },
    snapshots: async (id?: string) => {
      const found = this.snapshots.filter((one) => id === undefined || one.id === id);
      if (id !== undefined)
        for (const one of found) Object.assign(one, { status: 'available', created: new Date(1000) });
      return found.map((one) => ({ ...one }));
    },
  };

  readonly backup = {
    recoveryPoints: async () => this.points,
    tags: async (arn: string) => this.points.find((point) => point.arn === arn)?.tags ?? {},
    start: async ({ token, resource, tags }: { token: string; resource: string; tags: Tags }) => {
      this.asked.push(`recovery point of ${resource} by ${token}`);
      const point = {
        arn: `arn:${token}`,
        status: 'COMPLETED',
        resource,
        created: new Date(2000),
        bytes: 5,
        tags,
      };
      if (!this.jobs.has(token)) this.jobs.set(token, { left: 2, point });
      return token;
    },
    job: async (id: string): Promise<BackupJob> => {
      if (this.failure !== undefined) return this.failure;
      const job = this.jobs.get(id)!;
      if (--job.left > 0) return { state: 'RUNNING' };
      if (job.left === 0) this.points.push(job.point);
      return { state: 'COMPLETED', bytes: 5, point: job.point.arn };
    },
  };

  get context(): AwsContext {
    const stack = async (name: string) => {
      const found = outputs[name.replace('platen-dev-', '')];
      return (
        found && {
          id: name,
          name,
          status: 'CREATE_COMPLETE',
          outputs: found,
          parameters: {},
          isProtected: false,
        }
      );
    };
    const services = {
      cloudformation: { stack, names: async () => [] },
      ssm: { parameter: async () => 'ami-1' },
      ec2: { prefixList: async () => 'pl-1' },
      rds: this.rds,
      backup: this.backup,
    };
    return {
      name: 'dev',
      spec: environmentOf("account: '123456789012'\nregion: eu-central-1\n", 'dev'),
      platform,
      services: () => services,
      registry: () => undefined,
      identity: async () => ({ account: '123456789012', arn: 'arn:aws:iam::123456789012:user/kim' }),
      releases: { newest: () => undefined },
      reporter: { report: (event: PlatenEvent) => void this.told.push(event) },
      signal: new AbortController().signal,
      wait: async () => this.beforeWait(),
    } as unknown as AwsContext;
  }
}

t.test('a backup is a snapshot and a recovery point of one name, and both are waited for', async (t) => {
  const account = new FakeBackups();
  const report = await awsBackUp(account.context, 'before-upgrade');
  t.match(report, { environment: 'dev', file: 'before-upgrade', bytes: 25 });
  t.strictSame(account.asked, [
    'snapshot platen-dev-backup-before-upgrade of platen-dev',
    'recovery point of arn:files by platen-dev-backup-before-upgrade',
  ]);
  for (const { tags } of [account.snapshots[0]!, account.points[0]!])
    t.match(tags, {
      'platen:backup-name': 'before-upgrade',
      'platen:environment': 'dev',
      'platen:address': 'https://d1.cloudfront.net',
      'platen:webroot': 'content',
    });
  t.strictSame(
    account.told
      .flatMap((event) => (event.kind === 'part-changed' ? [`${event.part} ${event.change}`] : []))
      .sort(),
    ['database saved', 'web root saved'],
  );
  t.strictSame(await listBackups(account.context), [
    {
      name: 'before-upgrade',
      created: new Date(1000).toISOString(),
      database: 'available',
      files: 'COMPLETED',
      isWhole: true,
    },
  ]);
  await t.rejects(awsBackUp(account.context, 'before-upgrade'), {
    code: 'usage',
    message: /has a backup before-upgrade already/,
  });
});

t.test('one that was killed is gone on with, and nothing is begun twice', async (t) => {
  const account = new FakeBackups();
  account.beforeWait = () => {
    throw new Error('killed');
  };
  await t.rejects(awsBackUp(account.context, 'nightly'), /killed/);
  t.match(await listBackups(account.context), [{ name: 'nightly', files: undefined, isWhole: false }]);
  account.beforeWait = () => {};
  await awsBackUp(account.context, 'nightly');
  t.equal(account.asked.filter((one) => one.startsWith('snapshot')).length, 1);
  t.equal(account.jobs.size, 1, 'the same token is the same job');
  t.match(await listBackups(account.context), [{ name: 'nightly', isWhole: true }]);
});

t.test('a name whose backup was deleted is not taken for a backup', async (t) => {
  const account = new FakeBackups();
  await awsBackUp(account.context, 'nightly');
  account.points.length = 0;
  await t.rejects(awsBackUp(account.context, 'nightly'), {
    message: /nightly of the web root was made once, and has been deleted/,
    hint: /Take another name/,
  });
});

t.test("what fails is told with AWS's reason, and is no whole backup", async (t) => {
  const account = new FakeBackups();
  account.failure = { state: 'FAILED', reason: 'Insufficient privileges to perform this action.' };
  await t.rejects(awsBackUp(account.context, 'nightly'), {
    message: /web root ended as FAILED: Insufficient privileges/,
  });
  t.match(await listBackups(account.context), [{ name: 'nightly', isWhole: false }]);
});

t.test('names, and backups that are not there', async (t) => {
  const { context } = new FakeBackups();
  for (const name of ['Nightly', 'a--b', '-a', 'a/b', ''])
    await t.rejects(awsBackUp(context, name), { code: 'usage', message: /is no name for a backup/ });
  await t.rejects(awsRestore(context, { file: 'site/dev/nightly' }), { code: 'usage' });
  await t.rejects(awsRestore(context, { file: 'nightly' }), {
    code: 'not-found',
    message: 'dev has no backup nightly',
    hint: '"platen backup NAME --env dev" makes one.',
  });
});

t.test('a restore that nobody agrees to changes nothing, and says what is not restored', async (t) => {
  const account = new FakeBackups();
  await awsBackUp(account.context, 'nightly');
  const before = account.asked.length;
  const asked: unknown[] = [];
  const approve = async (manifest: unknown) => {
    asked.push(manifest);
    return false;
  };
  t.match(await awsRestore(account.context, { file: 'nightly', approve }), { restored: false });
  t.match(asked, [{ environment: 'dev', address: 'https://d1.cloudfront.net', webroot: 'content' }]);
  t.equal(account.asked.length, before);
  t.match(account.told.at(-1), { kind: 'warning', text: /the web root stays as it is/ });
});
