import t from 'tap';
import { loadEnvironment } from '../../spec/load-environment.js';
import { CloudFormationDeploy } from '../../testing/cloudformation-deploy.js';
import { startMinistack } from '../../testing/ministack-server.js';
import { loadPlatform } from './load-platform.js';
import type { PlatformStack } from './platform.js';
import { resolvePlatform } from './resolve-platform.js';

/** What ministack 1.5.33 does not know, or makes otherwise than AWS; docs/aws-proof.md says what shows these. */
const leftOut = [
  'ApplicationAutoScaling::ScalableTarget',
  'ApplicationAutoScaling::ScalingPolicy',
  'Backup::BackupSelection',
  'CloudFront::VpcOrigin',
  'EC2::EIP',
  'EC2::FlowLog',
  'EC2::NatGateway',
  'EC2::SecurityGroupEgress',
  'EC2::SecurityGroupIngress',
  'EC2::VPCCidrBlock',
  'ECS::CapacityProvider',
  'ECS::ClusterCapacityProviderAssociations',
  'Logs::Delivery',
  'Logs::DeliveryDestination',
  'Logs::DeliverySource',
  // It has no MasterUserSecret, and would start a container.
  'RDS::DBInstance',
  'RDS::EventSubscription',
  'SecretsManager::RotationSchedule',
  'SecretsManager::SecretTargetAttachment',
  'WAFv2::IPSet',
  'WAFv2::LoggingConfiguration',
].map((type) => `AWS::${type}`);
// Their functions need a module that only AWS's Lambda has.
leftOut.push('Custom::ClosedGroup', 'Custom::ReleasedInstances');

const platform = loadPlatform('.');
const environment = loadEnvironment('.', 'dev');
const resolved = (settings = environment): PlatformStack[] =>
  resolvePlatform(platform, { name: 'dev', environment: settings });

/** Stacks one after the other, each fed from those before it; with what became of each. */
async function deployAll(deploy: CloudFormationDeploy, stacks: readonly PlatformStack[]) {
  const outputs = new Map<string, Record<string, string>>();
  const done: Record<string, string> = {};
  for (const stack of stacks) {
    done[stack.name] = await deploy.deploy(stack, outputs);
    outputs.set(stack.name, await deploy.outputs(stack));
  }
  return done;
}

t.test(
  'what ministack knows of the graph, with real events and a real roll-back',
  { timeout: 300_000 },
  async (t) => {
    const deploy = new CloudFormationDeploy(await startMinistack(t), leftOut);
    const anything = ({ name }: PlatformStack): boolean =>
      Object.keys(deploy.templateOf(resolved().find((one) => one.name === name)!).Resources as object)
        .length > 0;
    const stacks = resolved().filter(anything);
    const all = (what: string): Record<string, string> =>
      Object.fromEntries(stacks.map(({ name }) => [name, what]));
    t.strictSame(
      resolved()
        .filter((stack) => !anything(stack))
        .map(({ name }) => name),
      ['rotation', 'admission', 'cdn-logs', 'scaling'],
      'nothing is left of these',
    );

    t.strictSame(await deployAll(deploy, stacks), all('created'));
    for (const stack of stacks) {
      const made = await deploy.events(stack);
      for (const resource of Object.keys(deploy.templateOf(stack).Resources as object))
        t.ok(
          made.some((one) => one.resource === resource && one.status === 'CREATE_COMPLETE'),
          `${stack.name}.${resource} is told`,
        );
      t.strictSame(
        Object.keys(await deploy.outputs(stack)).sort(),
        Object.keys(deploy.templateOf(stack).Outputs as object).sort(),
        `${stack.name} has its outputs`,
      );
    }
    t.strictSame(await deployAll(deploy, stacks), all('unchanged'));

    const { observability } = environment;
    const longer = resolved({ ...environment, observability: { ...observability, retentionDays: 30 } });
    const changed = await deployAll(deploy, longer.filter(anything));
    const updated = Object.keys(changed).filter((name) => changed[name] === 'updated');
    t.strictSame(updated.sort(), [
      'cache',
      'database',
      'instances',
      'logs-bucket',
      'network-guard',
      'observability',
      'waf-cdn',
    ]);

    await t.test('a stack that fails is taken back, and the reason is told', async (t) => {
      const files = stacks.find(({ name }) => name === 'files')!;
      const outputs = new Map(
        await Promise.all(stacks.map(async (one) => [one.name, await deploy.outputs(one)] as const)),
      );
      const broken = new Map([
        ...outputs,
        ['network', { ...outputs.get('network'), DataSubnets: 'subnet-0,subnet-1' }],
      ]);
      const other = { ...files, stackName: 'platen-dev-files-again' };
      await t.rejects(deploy.deploy(other, broken), { message: /files-again: ROLLBACK_COMPLETE/ });
      await t.rejects(deploy.deploy(files, broken), { message: /dev-files: UPDATE_ROLLBACK_COMPLETE/ });
      for (const stack of [other, files])
        t.match(
          (await deploy.events(stack)).filter(({ status }) => status.endsWith('_FAILED')),
          [{ type: 'AWS::EFS::MountTarget', reason: /subnet-0/ }],
        );
      t.equal(await deploy.deploy(files, outputs), 'unchanged', 'it is as it was before');
    });

    for (const stack of stacks.toReversed()) await deploy.destroy(stack);
    for (const stack of stacks)
      t.match((await deploy.describe(stack))?.StackStatus ?? 'DELETE_COMPLETE', 'DELETE_COMPLETE');
  },
);
