import { runOneOff } from '../service/one-off-task.js';
import type { PlatformView } from '../platform-view.js';
import type { Deployment } from './deployment.js';

/**
 * The user is made before the service runs for the first time, and for a database that is new: not there yet, to be made of a
 * snapshot, or not the one that the service was told of. It may be made again at any time.
 */
export function needsDatabaseUser({ there, stacks, outputs, inputs }: PlatformView): boolean {
  if (!stacks.some(({ name }) => name === 'tasks')) return false;
  const isThere = (name: string): boolean =>
    /^(CREATE|UPDATE\w*)_COMPLETE$/.test(there.get(name)?.status ?? '');
  if (!isThere('service') || !isThere('database')) return true;
  const suffix = there.get('database')?.parameters['Suffix'] ?? '';
  if (inputs.values['databaseSuffix'] !== undefined && inputs.values['databaseSuffix'] !== suffix)
    return true;
  return there.get('service')?.parameters['DatabaseHost'] !== outputs.get('database')?.['HostAndPort'];
}

/** Makes the application's database, user and rights by the one-off task of the stack tasks. @throws BuilderError with the task's last words */
export async function makeDatabaseUser({ context, outputs }: Deployment): Promise<void> {
  await runOneOff(context, outputs, {
    part: "database's user",
    definition: outputs.get('tasks')?.['DatabaseUserTaskArn'] ?? '',
  });
}
