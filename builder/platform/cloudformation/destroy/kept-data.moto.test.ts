import { CloudWatchLogsClient, CreateLogGroupCommand } from '@aws-sdk/client-cloudwatch-logs';
import { CreateFileSystemCommand, EFSClient } from '@aws-sdk/client-efs';
import { CreateDBInstanceCommand, RDSClient } from '@aws-sdk/client-rds';
import { CreateSecretCommand, SecretsManagerClient } from '@aws-sdk/client-secrets-manager';
import t from 'tap';
import { awsServices } from '../../../aws/aws-services.js';
import { awsPlatform } from '../../../testing/aws-platform.js';
import { cloudFormationDriver } from '../cloudformation-driver.js';

const region = 'eu-central-1';
const aws = await awsPlatform(t);
const real = awsServices(region);

/** What an environment leaves behind when its stacks are gone. */
async function leave(environment: string): Promise<void> {
  const Tags = [{ Key: 'platen:environment', Value: environment }];
  await new EFSClient({ region }).send(new CreateFileSystemCommand({ CreationToken: environment, Tags }));
  await new SecretsManagerClient({ region }).send(
    new CreateSecretCommand({
      Name: `salts-${environment}`,
      Description: `Keys of ${environment}`,
      SecretString: 'x',
      Tags,
    }),
  );
  const DBInstanceIdentifier = `platen-${environment}`;
  await new RDSClient({ region }).send(
    new CreateDBInstanceCommand({
      DBInstanceIdentifier,
      DBInstanceClass: 'db.t4g.small',
      Engine: 'mariadb',
      EngineVersion: '11.8.3',
      AllocatedStorage: 20,
      MasterUsername: 'a',
      MasterUserPassword: 'password',
    }),
  );
  const tags = { 'platen:environment': environment };
  await new CloudWatchLogsClient({ region }).send(
    new CreateLogGroupCommand({ logGroupName: `/aws/rds/instance/platen-${environment}/audit`, tags }),
  );
  await real.rds.createSnapshot({ id: `last-${environment}`, instance: DBInstanceIdentifier, tags });
}

/** A vault whose recovery points take their time to go, as AWS's do; moto knows none. */
function fakeVault() {
  const points = [1, 2].map((index) => ({ arn: `arn:point:${index}`, left: 2 }));
  const asked: string[] = [];
  return {
    asked,
    hasVault: async () => true,
    recoveryPoints: async () =>
      points.filter((point) => !asked.includes(`delete ${point.arn}`) || point.left-- > 0),
    tags: async () => ({}),
    deletePoint: async (_: string, arn: string) => void asked.push(`delete ${arn}`),
    deleteVault: async (name: string) => void asked.push(`delete vault ${name}`),
  };
}

t.test('destroy --with-data removes what is left of an environment, and nothing of another', async (t) => {
  await leave('moto');
  // Whose name begins as that of the environment.
  await leave('moto-other');
  const backup = fakeVault();
  const driver = cloudFormationDriver(
    aws.context(undefined, { services: () => ({ ...real, backup }) as never }),
  );
  const { changes, notes } = await driver.planDestroy({ withData: true });
  t.match(
    changes.map(({ part, action, loses }) => `${action} ${part}: ${loses}`),
    [
      /^remove last-moto: the database of 2/,
      /^remove fs-[0-9a-f]+: the web root and uploads/,
      'remove salts-moto: Keys of moto',
      "remove /aws/rds/instance/platen-moto/audit: a former database's logs",
      'remove platen-moto: its 2 recovery points',
    ],
  );
  t.equal(changes.length, 5);
  t.match(notes, [/Keys of KMS wait/]);

  t.strictSame((await driver.planDestroy({ withData: false })).changes, [], 'without it they stay');
  await driver.destroy({ withData: false });
  t.equal((await real.rds.snapshots(undefined)).length, 2);

  await driver.destroy({ withData: true });
  t.strictSame(backup.asked, ['delete arn:point:1', 'delete arn:point:2', 'delete vault platen-moto']);
  t.match(await real.rds.snapshots(undefined), [{ id: 'last-moto-other' }]);
  t.equal((await real.efs.tagged('platen:environment', 'moto')).length, 0);
  t.equal((await real.efs.tagged('platen:environment', 'moto-other')).length, 1);
  t.strictSame(await real.secrets.tagged('platen:environment', 'moto'), []);
  t.match(await real.secrets.tagged('platen:environment', 'moto-other'), [{ name: 'salts-moto-other' }]);
  t.notOk(await real.logs.hasGroup('/aws/rds/instance/platen-moto/audit'));
  t.ok(await real.logs.hasGroup('/aws/rds/instance/platen-moto-other/audit'));
});
