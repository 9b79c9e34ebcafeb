import { readFileSync } from 'node:fs';
import t, { type Test } from 'tap';
import { environmentOf, platformVariants } from '../../testing/platform-variants.js';
import { loadPlatform } from '../graph/load-platform.js';
import { resolvePlatform } from '../graph/resolve-platform.js';
import { stackWaves } from '../graph/stack-graph.js';
import type { Subject } from './rule.js';
import { subjectsOf } from './check-policy.js';
import { propertiesOf } from './rule.js';

const variants = platformVariants().map((variant) => ({
  ...variant,
  subjects: subjectsOf(variant.stacks, variant.environment),
}));
const ofType = (subjects: readonly Subject[], type: string): Subject[] =>
  subjects.filter((one) => one.type === `AWS::${type}`);

/** One test for all environments and examples. */
function everywhere(name: string, test: (t: Test, variant: (typeof variants)[number]) => void): void {
  t.test(name, async (t) => {
    for (const variant of variants) t.test(variant.name, async (t) => test(t, variant));
  });
}

everywhere('a deployment does not reset the count that scaling chose', (t, { subjects }) => {
  for (const { properties } of ofType(subjects, 'ECS::Service')) t.notOk('DesiredCount' in properties);
});

everywhere(
  'two replicas that do not start end a deployment soon, and it is rolled back',
  (t, { subjects }) => {
    for (const { properties } of ofType(subjects, 'ECS::Service')) {
      const p = propertiesOf(properties);
      t.match(p('DeploymentConfiguration.Alarms'), { Enable: true, Rollback: true });
      if (p('DeploymentConfiguration.Strategy') === 'BLUE_GREEN')
        t.equal(
          p('DeploymentConfiguration.DeploymentCircuitBreaker'),
          undefined,
          'the breaker is for rolling ones',
        );
      else
        t.match(p('DeploymentConfiguration.DeploymentCircuitBreaker'), {
          Enable: true,
          Rollback: true,
          ThresholdConfiguration: { Type: 'COUNT', Value: 2 },
        });
    }
  },
);

everywhere('the same template deploys again by a nonce', (t, { stacks }) => {
  t.match(stacks.find(({ name }) => name === 'service')?.parameters.DeploymentNonce, { kind: 'known' });
});

everywhere('mount targets are there before the service', (t, { stacks, subjects }) => {
  const [files] = stacks.filter(({ name }) => name === 'files');
  const output = JSON.stringify(files?.template.Outputs.FileSystemId?.Value);
  for (const { id } of ofType(subjects, 'EFS::MountTarget')) t.match(output, `\${${id}}`.slice(2, -1));
  t.ok(stacks.find(({ name }) => name === 'service')?.dependsOn.includes('files'));
  for (const { properties } of ofType(subjects, 'ECS::TaskDefinition'))
    for (const volume of propertiesOf(properties).each('Volumes'))
      if (volume('EFSVolumeConfiguration') !== undefined)
        t.match(volume('EFSVolumeConfiguration'), { RootDirectory: '/', TransitEncryption: 'ENABLED' });
});

everywhere('no circle of security groups: rules stand apart', (t, { subjects }) => {
  for (const { properties, id } of ofType(subjects, 'EC2::SecurityGroup')) {
    t.notOk('SecurityGroupIngress' in properties, id);
    t.notMatch(JSON.stringify(properties.SecurityGroupEgress ?? []), /SecurityGroupId/, id);
  }
});

everywhere(
  'the rule whose weights ECS moves is frozen: no release feeds its stack',
  (t, { stacks, environment }) => {
    const own = stacks.find(({ name }) => name === 'service-blue-green');
    t.equal(own !== undefined, environment.service.strategy !== 'rolling');
    for (const given of Object.values(own?.parameters ?? {}))
      t.notMatch(JSON.stringify(given), /sha256|nonce/, 'neither image nor nonce');
    t.notOk(own?.dependsOn.includes('service'));
  },
);

t.test(
  'back from blue/green to rolling: neither rule nor target groups change, so nobody gets a 503',
  async (t) => {
    const of = (strategy: string) => {
      const environment = environmentOf(`region: eu-central-1\nservice: { strategy: ${strategy} }\n`);
      const stacks = resolvePlatform(loadPlatform('.'), { name: 'example', environment });
      const subjects = subjectsOf(stacks, environment);
      const [service] = ofType(subjects, 'ECS::Service');
      return { service: propertiesOf(service?.properties), subjects, stacks };
    };
    const [before, after] = [of('blue-green'), of('rolling-after')];
    t.equal(before.service('DeploymentConfiguration.Strategy'), 'BLUE_GREEN');
    t.equal(after.service('DeploymentConfiguration.Strategy'), 'ROLLING');
    t.strictSame(after.service('LoadBalancers'), before.service('LoadBalancers'));
    t.match(after.service('LoadBalancers'), [{ AdvancedConfiguration: { ProductionListenerRule: {} } }]);
    const entrance = ({ subjects }: typeof before) =>
      subjects
        .filter(({ type }) => /::(TargetGroup|ListenerRule)$/.test(type))
        .map(({ stack, id, properties }) => ({ stack: stack.name, id, properties }));
    t.strictSame(entrance(after), entrance(before));
    t.strictSame([...new Set(entrance(before).map(({ stack }) => stack))], ['service-blue-green']);
  },
);

everywhere(
  'deletes finish: service, then association and provider, then cluster; mount targets before groups',
  (t, { stacks }) => {
    const waves = stackWaves(new Map(stacks.map(({ name, dependsOn }) => [name, dependsOn])));
    const at = (name: string): number => waves.findIndex((wave) => wave.includes(name));
    const after = (first: string, second: string): void => {
      if (at(first) >= 0 && at(second) >= 0)
        t.ok(at(first) > at(second), `${first} is deleted before ${second}`);
    };
    after('service', 'instances');
    after('instances', 'cluster');
    after('scaling', 'service');
    after('files', 'security');
    after('service', 'security');
    after('cdn', 'edge');
    after('service', 'nat');
    after('rotation', 'nat');
  },
);

everywhere(
  'deletes finish: instances lose their protection after the provider went and before the group goes',
  (t, { subjects }) => {
    for (const { resource, stack } of ofType(subjects, 'ECS::CapacityProvider')) {
      const own = subjects.filter((one) => one.stack === stack);
      const released = own.find(({ type }) => type === 'Custom::ReleasedInstances');
      t.match(resource.DependsOn, [released?.id]);
      const group = own.find(({ type }) => type === 'AWS::AutoScaling::AutoScalingGroup');
      t.match(released?.properties, { Group: { Ref: group?.id } });
    }
  },
);

everywhere('images and one-off resources do not keep a stack from being deleted', (t, { subjects }) => {
  for (const { properties } of ofType(subjects, 'ECR::Repository'))
    t.equal(String(properties.EmptyOnDelete), 'true');
});

everywhere('what holds data outlives a mistake', (t, { subjects }) => {
  for (const { resource } of ofType(subjects, 'EFS::FileSystem'))
    t.match(resource, { DeletionPolicy: /^Retain/, UpdateReplacePolicy: 'Retain' });
  for (const { resource } of ofType(subjects, 'Backup::BackupVault'))
    t.match(resource.DeletionPolicy, /^Retain/);
  for (const { resource, type } of subjects)
    if (/DBInstance$|FileSystem$|::Secret$|BackupVault$|KMS::Key$/.test(type))
      t.ok(resource.DeletionPolicy && resource.UpdateReplacePolicy, `${type} says what becomes of it`);
});

const keepalive = /^nginx_keepalive_timeout: (\d+)$/m.exec(
  readFileSync('playbooks/roles/nginx/defaults/main.yml', 'utf8'),
)?.[1];

everywhere(
  'limits come from the inside out: PHP 120 s < load balancer < nginx, CloudFront 60 s at least',
  (t, { subjects }) => {
    for (const { properties } of ofType(subjects, 'ElasticLoadBalancingV2::LoadBalancer')) {
      const idle = Number(
        propertiesOf(properties).attribute('LoadBalancerAttributes', 'idle_timeout.timeout_seconds'),
      );
      t.ok(120 < idle && idle < Number(keepalive), `${idle} s; nginx ${keepalive} s`);
    }
    for (const { properties } of ofType(subjects, 'CloudFront::Distribution'))
      t.match(JSON.stringify(properties), /"OriginReadTimeout":"?([6-9]\d|1[0-7]\d|180)/);
  },
);

everywhere('draining: instances are not ended while tasks run', (t, { subjects }) => {
  for (const { properties } of ofType(subjects, 'ECS::CapacityProvider'))
    t.match(propertiesOf(properties)('AutoScalingGroupProvider'), {
      ManagedDraining: 'ENABLED',
      ManagedTerminationProtection: 'ENABLED',
      ManagedScaling: { Status: 'ENABLED' },
    });
});

/** What a resource tells a topic, and the principal that publishes it. */
const publishers: Readonly<Record<string, readonly [told: string, principal: string]>> = {
  'AWS::Backup::BackupVault': ['Notifications', 'backup.amazonaws.com'],
  'AWS::Budgets::Budget': ['NotificationsWithSubscribers', 'budgets.amazonaws.com'],
  'AWS::CloudWatch::Alarm': ['AlarmActions', 'cloudwatch.amazonaws.com'],
  'AWS::RDS::EventSubscription': ['SnsTopicArn', 'events.rds.amazonaws.com'],
};

everywhere(
  "who tells the topic something may do so, by the topic's policy and its key's",
  (t, { subjects }) => {
    const [policy] = ofType(subjects, 'SNS::TopicPolicy');
    const key = subjects.find(({ id }) => id === 'TopicKey');
    for (const { type, properties } of subjects) {
      const [told = '', principal = ''] = publishers[type] ?? [];
      if (properties[told] === undefined) continue;
      for (const one of [policy, key]) t.match(JSON.stringify(one?.properties), `"${principal}"`, type);
    }
    for (const { properties } of ofType(subjects, 'ElastiCache::ReplicationGroup'))
      t.notOk('NotificationTopicArn' in properties, 'ElastiCache publishes to no encrypted topic');
  },
);

everywhere('no stack takes an export of another', (t, { stacks }) => {
  for (const { template } of stacks)
    t.notMatch(JSON.stringify(template.source.data), /Fn::ImportValue|"Export"/);
});

everywhere(
  'whoever waits for a VPC origin is not held up by tags: nothing about an origin changes with a release',
  (t, { stacks }) => {
    const cdn = stacks.find(({ name }) => name === 'cdn');
    t.notMatch(JSON.stringify(cdn?.parameters ?? {}), /sha256/);
  },
);
