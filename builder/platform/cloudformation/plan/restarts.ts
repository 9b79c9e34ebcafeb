import type { PropertyChange } from '../../../aws/cloudformation/stack.js';

/** Properties whose change restarts what it belongs to (services' API references), by the resource's type. */
const restarting: Readonly<
  Record<string, { readonly what: string; readonly properties: readonly string[] }>
> = {
  'AWS::RDS::DBInstance': {
    what: 'restarts the database, in the maintenance window unless database.applyImmediately is on',
    properties: ['DBInstanceClass', 'EngineVersion', 'DBParameterGroupName', 'CACertificateIdentifier'],
  },
  'AWS::ElastiCache::ReplicationGroup': {
    what: 'restarts the nodes of the cache, one after the other',
    properties: ['CacheNodeType', 'EngineVersion'],
  },
  'AWS::ECS::Service': {
    what: 'replaces the tasks, one after the other',
    properties: ['TaskDefinition', 'ForceNewDeployment', 'CapacityProviderStrategy', 'NetworkConfiguration'],
  },
  'AWS::AutoScaling::AutoScalingGroup': {
    what: 'replaces the instances, one after the other',
    properties: ['LaunchTemplate', 'MixedInstancesPolicy'],
  },
};

/** What restarts by a change. */
export function restartOf(type: string, changes: readonly PropertyChange[]): string[] {
  const known = restarting[type];
  if (known === undefined) return [];
  const names = changes.map(({ path }) => path.replace(/^\/Properties\//, '').split('/')[0] ?? '');
  return names.some((name) => known.properties.includes(name)) ? [known.what] : [];
}
