import { servicesOf } from '../aws-account.js';
import type { Check } from './check.js';

/** The load balancer finds all tasks healthy. */
export const targetCheck: Check = {
  name: 'targets',
  async look(context, { outputs }) {
    const name = outputs.get('service')?.['ServiceName'];
    const cluster = outputs.get('cluster')?.['ClusterName'];
    if (name === undefined || cluster === undefined) return undefined;
    const { ecs, elb } = servicesOf(context);
    const service = await ecs.service(cluster, name, context);
    if (service === undefined || service.targetGroups.length === 0) return undefined;
    const groups = await Promise.all(service.targetGroups.map((group) => elb.targets(group, context)));
    const targets = groups.flat().filter(({ state }) => state !== 'draining');
    const healthy = targets.filter(({ state }) => state === 'healthy');
    const sick = targets.find(({ state }) => state !== 'healthy');
    const detail = `${healthy.length} of ${service.desired} healthy${sick?.reason === undefined ? '' : `: ${sick.target}, ${sick.reason}`}`;
    return { state: healthy.length >= service.desired && sick === undefined ? 'ok' : 'pending', detail };
  },
};
