import t from 'tap';
import { awsServices } from '../../../aws/aws-services.js';
import { awsPlatform } from '../../../testing/aws-platform.js';
import { cloudFormationDriver } from '../cloudformation-driver.js';

const aws = await awsPlatform(t);
const real = awsServices('eu-central-1');
/** moto keeps no recovery points. */
const backup = {
  hasVault: async () => false,
  recoveryPoints: async () => [{ arn: 'arn:point', status: 'COMPLETED', created: new Date() }],
  tags: async () => ({}),
  start: async () => 'job',
  job: async () => ({ state: 'COMPLETED', bytes: 0, point: 'arn:point' }),
};
const context = () => aws.context(undefined, { services: () => ({ ...real, backup }) as never });
const driver = cloudFormationDriver(context());
const stack = async (name: string) => (await real.cloudformation.stack(`platen-moto-${name}`))!;

await driver.apply({ operator: '203.0.113.7/32' });

t.test(
  'a restore makes a database beside the old one, moves the site to it, and the old one goes',
  async (t) => {
    const host = (await stack('database')).outputs['HostAndPort'];
    await driver.backup('nightly');
    t.match(await real.rds.snapshots('platen-moto-backup-nightly'), [
      { instance: 'platen-moto', status: 'available', tags: { 'platen:backup-name': 'nightly' } },
    ]);
    t.equal((await real.rds.instance('platen-moto'))?.isProtected, false, 'moto does not know it of stacks');
    // Of another environment of the account, whose site has another address.
    await real.rds.createSnapshot({
      id: 'platen-other-backup-nightly',
      instance: 'platen-moto',
      tags: {
        'platen:backup-name': 'nightly',
        'platen:environment': 'other',
        'platen:address': 'https://other.example',
      },
    });
    await real.rds.protect('platen-moto', true);
    aws.told.length = 0;
    const report = await cloudFormationDriver(context()).restore({ file: 'other/nightly' });
    t.match(report, {
      restored: true,
      backup: { environment: 'other' },
      deployment: { outcome: 'completed' },
    });

    const database = await stack('database');
    t.equal(database.parameters['Snapshot'], 'platen-other-backup-nightly');
    const id = database.outputs['InstanceId'] ?? '';
    t.match(id, /^platen-moto-[a-z0-9]+$/);
    t.match(await real.rds.instance(id), { status: 'available' });
    t.equal(await real.rds.instance('platen-moto'), undefined, 'though it was protected');
    t.not(database.outputs['HostAndPort'], host);
    t.equal((await stack('service')).parameters['DatabaseHost'], database.outputs['HostAndPort']);

    const parts = aws.told.flatMap((event) => (event.kind === 'part-changed' ? [event.part] : []));
    const at = (part: string): number => parts.indexOf(part);
    t.ok(at("database's user") >= 0, 'who WordPress is gets its password there');
    t.ok(at('addresses') > at("database's user"), 'the address is another one');
    t.ok(at('empty cache') > at('addresses'), 'the cache has objects of the old one');
  },
);

t.test('it stays so: nothing is to do afterwards, and no other database is made', async (t) => {
  const { parameters } = await stack('database');
  const { changes } = await cloudFormationDriver(context()).apply({});
  t.strictSame(
    changes.filter(({ action }) => action !== 'none'),
    [],
  );
  t.equal((await stack('database')).parameters['Suffix'], parameters['Suffix']);
});
