import type { PlannedPlatform } from '../apply-local.js';
import type { LocalContext } from '../local-context.js';
import { serviceName } from '../service/service-task.js';
import { checkDisk, checkMemory, machineRest } from './check-machine.js';
import { checkPorts } from './check-ports.js';
import { checkAuthority, checkNetwork, checkSecrets } from './check-state.js';
import { checkVolumes } from './check-volumes.js';
import type { Checked } from './problem.js';

/** What would stop the platform from coming up as planned, found before anything is made. */
export async function checkLocal(context: LocalContext, planned: PlannedPlatform): Promise<Checked[]> {
  const {
    wanted,
    found,
    plan: { changes, service },
  } = planned;
  const [ports, rest, volumes] = await Promise.all([
    checkPorts(context, found),
    context.docker.engine.facts().then(machineRest),
    checkVolumes(context, planned),
  ]);
  const parts = new Set<string>(wanted.parts.map(({ part }) => part.name));
  const runs = found.tasks.filter((task) => task.runs).length;
  const starting = {
    parts: changes.some(({ part, action }) => parts.has(part) && (action === 'create' || action === 'start')),
    tasks: changes.some(({ part, action }) => part === serviceName && action !== 'none')
      ? Math.max(0, service.desired - runs)
      : 0,
  };
  return [
    checkSecrets(context, found),
    checkAuthority(context),
    checkNetwork(context, found),
    volumes,
    ports,
    checkMemory(rest, starting),
    checkDisk(rest),
  ];
}
