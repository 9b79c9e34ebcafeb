import t from 'tap';
import { awsAnswers } from '../../testing/aws-answers.js';
import { awsServices } from '../aws-services.js';

const { backup } = awsServices('eu-central-1');
const arn = 'arn:aws:backup:eu-central-1:123456789012:recovery-point:1';

t.test('AWS Backup is asked by its REST paths, and read page by page', async (t) => {
  const asked: string[] = [];
  await awsAnswers(t, ({ action: name, input }) => {
    asked.push(name);
    if (name.startsWith('PUT /backup-jobs')) {
      t.match(input, {
        BackupVaultName: 'platen-prod',
        ResourceArn: 'arn:files',
        IamRoleArn: 'arn:role',
        IdempotencyToken: 'token',
        RecoveryPointTags: { 'platen:backup-name': 'nightly' },
      });
      return { body: { BackupJobId: 'job' } };
    }
    if (name.startsWith('GET /backup-jobs/job'))
      return { body: { State: 'FAILED', StatusMessage: 'no', BackupSizeInBytes: 7, RecoveryPointArn: arn } };
    if (name.startsWith('GET /tags/')) return { body: { Tags: { 'platen:backup-name': 'nightly' } } };
    if (name.startsWith('GET /backup-vaults/platen-gone'))
      return { error: 'ResourceNotFoundException', message: 'Cannot find it' };
    if (!name.includes('recovery-points')) return { body: { BackupVaultName: 'platen-prod' } };
    if (name.startsWith('DELETE')) return { body: {} };
    const point = {
      RecoveryPointArn: arn,
      ResourceArn: 'arn:files',
      Status: 'COMPLETED',
      CreationDate: 1000,
    };
    const isLast = name.includes('nextToken');
    return { body: { RecoveryPoints: [point], ...(isLast ? {} : { NextToken: 'n' }) } };
  });
  const request = {
    vault: 'platen-prod',
    resource: 'arn:files',
    role: 'arn:role',
    tags: { 'platen:backup-name': 'nightly' },
    token: 'token',
  };
  t.equal(await backup.start(request), 'job');
  t.strictSame(await backup.job('job'), { state: 'FAILED', reason: 'no', bytes: 7, point: arn });
  const points = await backup.recoveryPoints('platen-prod', undefined);
  t.equal(points.length, 2);
  t.match(points[0], { arn, status: 'COMPLETED', resource: 'arn:files', created: new Date(1_000_000) });
  t.strictSame(await backup.tags(arn), { 'platen:backup-name': 'nightly' });
  t.equal(await backup.hasVault('platen-prod'), true);
  t.equal(await backup.hasVault('platen-gone'), false);
  t.strictSame(await backup.recoveryPoints('platen-gone', undefined), []);
  await backup.deletePoint('platen-prod', arn);
  await backup.deleteVault('platen-prod');
  t.ok(asked.some((one) => one.startsWith('DELETE /backup-vaults/platen-prod/recovery-points/')));
  t.ok(asked.some((one) => /^DELETE \/backup-vaults\/platen-prod(\?|$)/.test(one)));
});
