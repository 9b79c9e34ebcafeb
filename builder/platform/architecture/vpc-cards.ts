import type { Card } from './card.js';
import { propertiesOf } from '../policy/rule.js';
import { countOf, oneOf, type PlatformFacts } from './platform-facts.js';

/** The load balancer; undefined where the platform has none. */
export function balancerCard(facts: PlatformFacts): Card | undefined {
  const balancer = oneOf(facts, 'ElasticLoadBalancingV2::LoadBalancer');
  const listeners = facts.byType.get('ElasticLoadBalancingV2::Listener') ?? [];
  if (balancer === undefined) return undefined;
  const how = listeners.map(({ properties }) => `${String(properties.Protocol)} ${String(properties.Port)}`);
  const where =
    balancer('Scheme') === 'internal' ? 'internal: CloudFront alone reaches it' : 'reached from the internet';
  return {
    kind: 'network',
    sign: 'balance',
    title: 'Application Load Balancer',
    lines: [`${where} · ${how.join(', ')} · drops invalid headers · logs to S3`],
  };
}

export function isInternal(facts: PlatformFacts): boolean {
  return oneOf(facts, 'ElasticLoadBalancingV2::LoadBalancer')?.('Scheme') === 'internal';
}

/** One NAT gateway a zone, or the only one. */
export function natCards(facts: PlatformFacts): (Card | undefined)[] {
  const nat = oneOf(facts, 'EC2::NatGateway');
  const regional = nat?.('AvailabilityMode') === 'regional';
  const count = regional ? facts.zones.length : countOf(facts, 'EC2::NatGateway');
  const line = regional ? 'one for all zones' : 'a fixed address';
  return facts.zones.map((_, index) =>
    index < count ? { kind: 'network', sign: 'gate', title: 'NAT gateway', lines: [line] } : undefined,
  );
}

export function taskCard(facts: PlatformFacts): Card {
  const service = facts.byType.get('ECS::TaskDefinition')?.find(({ stack }) => stack.name === 'service');
  const task = propertiesOf(service?.properties);
  // On instances the container has what on Fargate the task has.
  const [container] = task.each('ContainerDefinitions');
  const size = (key: string) => Number(task(key) ?? container?.(key) ?? NaN) / 1024;
  return {
    kind: 'compute',
    sign: 'box',
    title: 'WordPress task',
    lines: [`${size('Cpu')} vCPU · ${size('Memory')} GB`, 'read-only root, user 33'],
  };
}

/** "EC2 m6i.large", or Fargate. */
export function hostWords(facts: PlatformFacts): string {
  const type = oneOf(facts, 'EC2::LaunchTemplate')?.('LaunchTemplateData.InstanceType');
  return type === undefined ? 'Fargate' : `EC2 ${String(type)}`;
}

/** "3 to 8 tasks on 3 to 9 instances". */
export function scaleWords(facts: PlatformFacts): string {
  const tasks = oneOf(facts, 'ApplicationAutoScaling::ScalableTarget');
  const hosts = oneOf(facts, 'AutoScaling::AutoScalingGroup');
  const on =
    hosts === undefined ? '' : ` on ${String(hosts('MinSize'))} to ${String(hosts('MaxSize'))} instances`;
  const many =
    tasks === undefined ? '' : `${String(tasks('MinCapacity'))} to ${String(tasks('MaxCapacity'))} tasks`;
  return `${many}${on} · follows CPU, memory and requests · rolls back by alarm`;
}

/** The database in its zones: where it runs, and its standby. */
export function databaseCards(facts: PlatformFacts): (Card | undefined)[] {
  const database = oneOf(facts, 'RDS::DBInstance');
  if (database === undefined) return [];
  const engine =
    { mariadb: 'MariaDB', mysql: 'MySQL' }[String(database('Engine'))] ?? String(database('Engine'));
  const size = `${String(database('DBInstanceClass'))} · ${String(database('AllocatedStorage'))} GB gp3`;
  const primary: Card = {
    kind: 'data',
    sign: 'database',
    title: `${engine} ${String(database('EngineVersion'))}`,
    lines: [size, `TLS alone · ${String(database('BackupRetentionPeriod'))} days back`],
  };
  const standby: Card = {
    kind: 'data',
    sign: 'database',
    title: 'Its standby',
    lines: ['written at the same time', 'takes over in 1 to 2 minutes'],
  };
  return [primary, database.isTrue('MultiAZ') ? standby : undefined];
}

/** Nodes of the cache in their zones. */
export function cacheCards(facts: PlatformFacts): (Card | undefined)[] {
  const cache = oneOf(facts, 'ElastiCache::ReplicationGroup');
  if (cache === undefined) return [];
  const nodes = Number(cache('NumNodeGroups') ?? 1) * (1 + Number(cache('ReplicasPerNodeGroup') ?? 0));
  return Array.from({ length: Math.min(nodes, facts.zones.length) }, (_, index) => ({
    kind: 'data',
    sign: 'bolt',
    title: index === 0 ? `Valkey ${String(cache('EngineVersion'))}` : 'Its replica',
    lines: [String(cache('CacheNodeType')), index === 0 ? 'TLS, a user of its own' : ''],
  }));
}

/** The web root, which all zones share. */
export function filesCard(facts: PlatformFacts): Card | undefined {
  const files = oneOf(facts, 'EFS::FileSystem');
  if (files === undefined) return undefined;
  const targets = countOf(facts, 'EFS::MountTarget');
  return {
    kind: 'data',
    sign: 'files',
    title: 'EFS: the shared web root',
    lines: [
      `a mount target in ${targets} zones · TLS, IAM and an access point · ${String(files('ThroughputMode'))} throughput`,
    ],
  };
}
