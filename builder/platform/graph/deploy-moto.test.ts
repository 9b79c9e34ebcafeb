import t from 'tap';
import { loadEnvironment } from '../../spec/load-environment.js';
import { CloudFormationDeploy } from '../../testing/cloudformation-deploy.js';
import { MotoServer } from '../../testing/moto-server.js';
import { loadPlatform } from './load-platform.js';
import type { PlatformStack } from './platform.js';
import { resolvePlatform } from './resolve-platform.js';

/** What moto 5.2.5 answers with an error of its own, or can't make; docs/aws-proof.md says what shows these. */
const leftOut = [
  'Custom::ClosedGroup',
  'Custom::ReleasedInstances',
  ...[
    'Backup::BackupPlan',
    'Backup::BackupSelection',
    'Backup::BackupVault',
    'CloudFront::Distribution',
    'CloudFront::VpcOrigin',
    'ElastiCache::ReplicationGroup',
    'KMS::Key',
    'KMS::Alias',
    'RDS::DBInstance',
    'SecretsManager::RotationSchedule',
    'WAFv2::WebACL',
  ].map((type) => `AWS::${type}`),
];
/** Its rule is of a prefix list, which moto has no place for. */
const unknown = ['admission'];
/** Outputs that moto forgets: it makes nothing behind them. */
const forgotten: Readonly<Record<string, readonly string[]>> = {
  files: ['AccessPointId', 'FileSystemArn', 'FileSystemId'],
  database: ['SecretArn'],
  identity: ['SaltsSecretArn'],
  instances: ['CapacityProvider'],
  cache: ['SecretArn'],
  scaling: ['ScalableTargetId'],
  service: ['ServiceArn', 'ServiceName', 'TargetGroupName', 'TaskDefinitionArn'],
  'cdn-logs': ['DeliveryId'],
};

/** The stack of keys is all left out; what it would give. */
const keys: [string, Record<string, string>] = [
  'keys',
  { DataKeyArn: 'left-out-DataKey', LogKeyArn: 'left-out-LogKey' },
];

const platform = loadPlatform('.');
const environment = loadEnvironment('.', 'dev');

/** Stacks one after the other, each fed from those before; with what became of each. */
async function deployAll(
  deploy: CloudFormationDeploy,
  stacks: readonly PlatformStack[],
): Promise<Record<string, string>> {
  const outputs = new Map<string, Record<string, string>>([keys]);
  const done: Record<string, string> = {};
  for (const stack of stacks) {
    done[stack.name] = await deploy.deploy(stack, outputs).catch((error: unknown) => {
      throw new Error(`moto does not deploy ${stack.name}`, { cause: error });
    });
    const examples = Object.fromEntries(
      Object.keys(stack.template.Outputs).map((name) => [name, `left-out-${name}`]),
    );
    outputs.set(stack.name, { ...examples, ...(await deploy.outputs(stack)) });
  }
  return done;
}

t.test('the graph is created, left alone, changed and destroyed', { timeout: 300_000 }, async (t) => {
  const deploy = new CloudFormationDeploy((await MotoServer.start(t)).url, leftOut);
  const resourcesOf = (stack: PlatformStack) => Object.keys(deploy.templateOf(stack).Resources as object);
  const stacksOf = (settings: typeof environment): PlatformStack[] =>
    resolvePlatform(platform, { name: 'dev', environment: settings }).filter(
      (stack) => !unknown.includes(stack.name) && resourcesOf(stack).length > 0,
    );
  const stacks = stacksOf(environment);
  const all = (what: string): Record<string, string> =>
    Object.fromEntries(stacks.map(({ name }) => [name, what]));
  t.ok(stacks.length >= 26, `${stacks.length} stacks`);

  t.strictSame(await deployAll(deploy, stacks), all('created'));
  for (const stack of stacks) {
    const declared = Object.keys(deploy.templateOf(stack).Outputs as object);
    const known = declared.filter((name) => !(forgotten[stack.name] ?? []).includes(name)).sort();
    const told = Object.keys(await deploy.outputs(stack));
    t.strictSame(
      known.filter((name) => !told.includes(name)),
      [],
      `${stack.name} has its outputs`,
    );
  }
  t.strictSame(await deployAll(deploy, stacks), all('unchanged'));

  const { observability } = environment;
  const longer = stacksOf({ ...environment, observability: { ...observability, retentionDays: 30 } });
  const changed = await deployAll(deploy, longer);
  t.strictSame(
    Object.keys(changed)
      .filter((name) => changed[name] === 'updated')
      .sort(),
    ['cache', 'database', 'instances', 'logs-bucket', 'network-guard', 'observability', 'waf-cdn'],
  );

  // moto takes a VPC before what is in it, and fails: its own order, not that of references.
  const gone = stacks.filter(({ name }) => name !== 'network');
  for (const stack of gone.toReversed()) await deploy.destroy(stack);
  for (const stack of gone) t.equal(await deploy.describe(stack), undefined, `${stack.name} is gone`);
});
