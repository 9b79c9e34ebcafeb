import { servicesOf } from '../aws-account.js';
import type { Check } from './check.js';

/** The web root can be mounted in each zone. */
export const mountTargetCheck: Check = {
  name: 'files',
  async look(context, { outputs }) {
    const id = outputs.get('files')?.['FileSystemId'];
    if (id === undefined) return undefined;
    const targets = await servicesOf(context).efs.mountTargets(id, context);
    const wanted = context.spec.network.zones;
    const ready = targets.filter(({ state }) => state === 'available').length;
    const detail = `${id} can be mounted in ${ready} of ${wanted} zones`;
    return { state: ready >= wanted ? 'ok' : 'pending', detail };
  },
};
