import { revisionOf } from '../../../aws/ecs/ecs-service.js';
import { servicesOf } from '../aws-account.js';
import type { Check } from './check.js';

/** The service is steady, and on the revision that was wanted: ECS calls a deployment that it rolled back steady, too. */
export const serviceCheck: Check = {
  name: 'service',
  async look(context, { outputs }) {
    const { ServiceName: name, TaskDefinitionArn: wanted } = outputs.get('service') ?? {};
    const cluster = outputs.get('cluster')?.['ClusterName'];
    if (name === undefined || wanted === undefined || cluster === undefined) return undefined;
    const found = await servicesOf(context).ecs.service(cluster, name, context);
    const primary = found?.deployments[0];
    if (found === undefined || primary === undefined) return { state: 'bad', detail: `${name} is not there` };
    if (primary.definition !== wanted)
      return {
        state: 'bad',
        detail: `${name} runs revision ${revisionOf(primary.definition)}; revision ${revisionOf(wanted)} was wanted`,
        hint: 'It was rolled back: "platen logs" and "platen status" say why.',
      };
    const detail = `revision ${revisionOf(wanted)}, ${found.running} of ${found.desired} tasks run`;
    const isSteady = primary.rollout !== 'IN_PROGRESS' && found.running >= found.desired;
    return { state: isSteady && found.deployments.length === 1 ? 'ok' : 'pending', detail };
  },
};
