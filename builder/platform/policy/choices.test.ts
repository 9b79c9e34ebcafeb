import t from 'tap';
import { byHandVariant, environmentOf } from '../../testing/platform-variants.js';
import { loadPlatform } from '../graph/load-platform.js';
import { resolvePlatform } from '../graph/resolve-platform.js';
import { subjectsOf } from './check-policy.js';
import { type Properties, type Subject, propertiesOf } from './rule.js';

/** What each choice of an environment comes to: checkers and rules say that it is well, not that it is there. */
const graph = loadPlatform('.');

const finder =
  (subjects: readonly Subject[]) =>
  (type: string): Properties[] =>
    subjects.filter((one) => one.type === `AWS::${type}`).map((one) => propertiesOf(one.properties));

/** Finds the resources of a type in an environment with these settings. */
function having(settings: string) {
  const environment = environmentOf(`region: eu-central-1\n${settings}\n`);
  return finder(subjectsOf(resolvePlatform(graph, { name: 'example', environment }), environment));
}

const named = 'domain: { name: www.example.org }';
const allEndpoints = 'endpoints: { ecr: yes, logs: yes, secrets: yes, ssm: yes, ecs: yes, rds: yes }';
const serviceOf = (of: ReturnType<typeof having>): Properties => of('ECS::Service')[0]!;
const containerOf = (of: ReturnType<typeof having>): Properties =>
  of('ECS::TaskDefinition')
    .flatMap((one) => one.each('ContainerDefinitions'))
    .find((one) => one('Name') === 'wordpress')!;

t.test('NAT: none, one, one a zone, or one that spans the region', async (t) => {
  for (const [nat, count] of Object.entries({ none: 0, one: 1, zone: 3, regional: 1 })) {
    const gateways = having(`network: { zones: 3, nat: ${nat}, ${allEndpoints} }`)('EC2::NatGateway');
    t.equal(gateways.length, count, nat);
    for (const gateway of gateways) {
      t.equal(gateway('AvailabilityMode'), nat === 'regional' ? 'regional' : undefined);
      t.equal(gateway('SubnetId') === undefined, nat === 'regional', 'it has no subnet of its own');
    }
  }
});

t.test('IPv6: addresses, a way out that lets nothing in, and a load balancer with both kinds', async (t) => {
  for (const isOn of [true, false]) {
    const of = having(`network: { ipv6: ${isOn} }\nedge: { cdn: no }\n${named}`);
    t.equal(of('EC2::EgressOnlyInternetGateway').length, isOn ? 1 : 0);
    t.ok(of('EC2::Subnet').every((one) => (one('Ipv6CidrBlock') !== undefined) === isOn));
    t.equal(of('ElasticLoadBalancingV2::LoadBalancer')[0]?.('IpAddressType'), isOn ? 'dualstack' : 'ipv4');
  }
});

t.test('endpoints: that of S3 always, ten others by choice', async (t) => {
  const names = (settings: string, kind: string) =>
    having(settings)('EC2::VPCEndpoint')
      .filter((one) => one('VpcEndpointType') === kind)
      .map((one) => String(one('ServiceName')).replace('com.amazonaws.eu-central-1.', ''))
      .toSorted();
  t.strictSame([names('', 'Gateway'), names('', 'Interface')], [['s3'], []]);
  const ecs = ['ecs', 'ecs-agent', 'ecs-telemetry'];
  t.strictSame(names(`network: { ${allEndpoints} }`, 'Interface'), [
    'ecr.api',
    'ecr.dkr',
    ...ecs,
    'logs',
    'rds',
    'secretsmanager',
    'ssm',
    'ssmmessages',
  ]);
});

t.test('the database: either engine, a replica, and two users who take turns', async (t) => {
  const [mysql, replica] = having('database: { engine: mysql, replica: yes }')('RDS::DBInstance');
  t.strictSame([mysql?.('Engine'), mysql?.('EngineVersion')], ['mysql', '8.4']);
  t.equal(mysql?.('EngineLifecycleSupport'), 'open-source-rds-extended-support-disabled');
  t.strictSame(replica?.('SourceDBInstanceIdentifier'), { Ref: 'Instance' });
  const [mariadb, ...more] = having('')('RDS::DBInstance');
  t.strictSame([mariadb?.('Engine'), mariadb?.('EngineVersion'), more], ['mariadb', '11.8', []]);
  t.equal(mariadb?.('EngineLifecycleSupport'), undefined, 'which MySQL alone has');
  t.ok(mariadb?.isFalse('ApplyImmediately'));
  t.ok(having('database: { applyImmediately: yes }')('RDS::DBInstance')[0]?.isTrue('ApplyImmediately'));
  for (const [engine, type] of Object.entries({ mysql: 'MySQLMultiUser', mariadb: 'MariaDBMultiUser' })) {
    const [rotation] = having(`database: { engine: ${engine} }`)('SecretsManager::RotationSchedule');
    t.equal(rotation?.('HostedRotationLambda.RotationType'), type);
    t.ok(rotation?.('HostedRotationLambda.SuperuserSecretArn'));
  }
});

t.test('the cache has a group of named users, and backups a copy in another region', async (t) => {
  const of = having('files: { copyRegion: eu-west-1 }');
  t.match(of('ElastiCache::UserGroup')[0]?.('UserIds'), [{ Ref: 'User' }]);
  t.match(of('ElastiCache::ReplicationGroup')[0]?.('UserGroupIds'), [{ Ref: 'Users' }]);
  const copies = (one: typeof of) =>
    one('Backup::BackupPlan').flatMap((plan) =>
      plan.each('BackupPlan.BackupPlanRule').flatMap((rule) => rule.list('CopyActions')),
    );
  t.equal(copies(of).length, 1);
  t.equal(of('Backup::BackupVault').length, 2);
  t.equal(copies(having('')).length, 0);
});

t.test('capacity: mixed instances, spot beyond the minimum, or Fargate with spot', async (t) => {
  const [group] = having('compute: { instanceTypes: [m6i.large, m5.large], onDemandPercent: 0 }')(
    'AutoScaling::AutoScalingGroup',
  );
  const types = group?.each('MixedInstancesPolicy.LaunchTemplate.Overrides') ?? [];
  t.strictSame(
    types.map((one) => one('InstanceType')),
    ['m6i.large', 'm5.large'],
  );
  const distribution = propertiesOf(group?.('MixedInstancesPolicy.InstancesDistribution'));
  t.equal(Number(distribution('OnDemandPercentageAboveBaseCapacity')), 0);
  t.equal(Number(distribution('OnDemandBaseCapacity')), 2);
  for (const spot of [true, false]) {
    const of = having(`compute: { kind: fargate, spot: ${spot} }`);
    t.strictSame(
      serviceOf(of)
        .each('CapacityProviderStrategy')
        .map((one) => one('CapacityProvider')),
      ['FARGATE', ...(spot ? ['FARGATE_SPOT'] : [])],
    );
    t.strictSame(of('AutoScaling::AutoScalingGroup'), []);
  }
});

t.test('commands in tasks only with the volumes that they write to', async (t) => {
  const places = ['/managed-agents', '/var/lib/amazon/ssm', '/var/log/amazon/ssm'];
  for (const exec of [true, false]) {
    const of = having(`service: { exec: ${exec} }`);
    t.equal(serviceOf(of).isTrue('EnableExecuteCommand'), exec);
    const mounted = containerOf(of)
      .each('MountPoints')
      .map((one) => one('ContainerPath'));
    t.strictSame(
      places.filter((place) => mounted.includes(place)),
      exec ? places : [],
    );
  }
});

t.test('a log that stalls stalls no container', async (t) => {
  const { stacks, environment } = byHandVariant();
  const all = [having(''), finder(subjectsOf(stacks, environment))].flatMap((of) =>
    of('ECS::TaskDefinition'),
  );
  const containers = all.flatMap((one) => one.each('ContainerDefinitions'));
  t.ok(containers.length >= 5, `${containers.length} containers`);
  for (const one of containers) {
    t.equal(one('LogConfiguration.Options.mode'), 'non-blocking', String(one('Name')));
    t.match(one('LogConfiguration.Options.max-buffer-size'), /^\dm$/);
  }
});

t.test('scaling: by CPU, memory and requests, and off at night where that is wanted', async (t) => {
  const of = having('service: { minimum: 2, officeHours: { startHour: 7, stopHour: 20 } }');
  const metric =
    'TargetTrackingScalingPolicyConfiguration.PredefinedMetricSpecification.PredefinedMetricType';
  t.strictSame(
    of('ApplicationAutoScaling::ScalingPolicy')
      .map((one) => String(one(metric)))
      .toSorted(),
    ['ALBRequestCountPerTarget', 'ECSServiceAverageCPUUtilization', 'ECSServiceAverageMemoryUtilization'],
  );
  t.match(of('ApplicationAutoScaling::ScalableTarget')[0]?.('ScheduledActions'), [
    { Schedule: 'cron(0 20 ? * * *)', ScalableTargetAction: { MinCapacity: 0, MaxCapacity: 0 } },
    { Schedule: 'cron(0 7 ? * MON-FRI *)', ScalableTargetAction: { MinCapacity: 2 } },
  ]);
  t.equal(having('')('ApplicationAutoScaling::ScalableTarget')[0]?.('ScheduledActions'), undefined);
});

t.test("the load balancer's three logs", async (t) => {
  const [balancer] = having('')('ElasticLoadBalancingV2::LoadBalancer');
  for (const log of ['access', 'connection', 'health_check'])
    t.equal(balancer?.attribute('LoadBalancerAttributes', `${log}_logs.s3.enabled`), 'true', log);
});

t.test('the firewall counts, then blocks; editors are past what takes a post for an attack', async (t) => {
  for (const waf of ['count', 'block']) {
    const [acl] = having(`edge: { cdn: no, waf: ${waf} }\n${named}`)('WAFv2::WebACL');
    const rules = acl?.each('Rules') ?? [];
    for (const rule of rules.filter((one) => one('Name') !== 'editor')) {
      const action = Object.keys((rule('Action') ?? rule('OverrideAction')) as object);
      const blocking = rule('Action') === undefined ? 'None' : 'Block';
      t.strictSame(action, [waf === 'count' ? 'Count' : blocking], `${waf}: ${String(rule('Name'))}`);
    }
    for (const name of ['common', 'php', 'sql', 'wordpress'])
      t.match(
        JSON.stringify(rules.find((one) => one('Name') === name)?.('Statement')),
        /"ScopeDownStatement":\{"NotStatement".*platen:editor/,
        name,
      );
  }
});

t.test('GitHub gets the role of its branch, and of an environment that was approved', async (t) => {
  const { stacks, environment } = byHandVariant();
  const roles = [
    ...having('pipeline: { repository: example/site }')('IAM::Role'),
    ...finder(subjectsOf(stacks, environment))('IAM::Role'),
  ];
  const subjects = roles.flatMap((role) => {
    const [trust] = role.each('AssumeRolePolicyDocument.Statement');
    const wanted = Object.entries((trust?.('Condition.StringEquals') ?? {}) as Record<string, string>);
    return wanted.flatMap(([key, value]) => (key.endsWith(':sub') ? [value] : []));
  });
  t.strictSame(subjects.toSorted(), [
    'repo:example/site:environment:by-hand',
    'repo:example/site:ref:refs/heads/main',
  ]);
});
