import type { Change, PlatformPlan } from '../../change.js';
import type { DestroyWish } from '../../driver.js';
import { type FoundPlatform, findPlatform } from '../found-platform.js';
import type { LocalContext } from '../local-context.js';
import { restorePart } from '../platform-names.js';
import { serviceName } from '../service/service-task.js';

/** Volumes that hold nothing of the user's. */
const noData = new Set(['loadbalancer']);
/** A container that is to go gets so long, whatever its definition says. */
const stopSeconds = 30;

/** What `destroyPlatform` would remove; data last. */
export async function planDestruction(context: LocalContext, wish: DestroyWish): Promise<PlatformPlan> {
  const found = await findPlatform(context);
  const remove = (part: string, type: string, reasons: readonly string[] = []): Change => ({
    part,
    type,
    action: 'remove',
    reasons,
  });
  const { dataVolumes } = volumesOf(context, found);
  return {
    environment: context.names.environment,
    notes:
      wish.withData || dataVolumes.length === 0
        ? []
        : [`kept: ${dataVolumes.join(', ')}, and the secrets that belong to them`],
    changes: [
      ...(found.tasks.length > 0 ? [remove(serviceName, 'service', [tasksWord(found.tasks.length)])] : []),
      ...Object.keys(found.parts).map((part) => remove(part, 'container')),
      ...(found.network === undefined ? [] : [remove('network', 'network')]),
      ...(wish.withData ? dataVolumes.map((volume) => remove(volume, 'volume', ['its data are lost'])) : []),
      ...(wish.withData && context.secrets.files.names().length > 0
        ? [remove('secrets', 'files', [context.secrets.files.folder])]
        : []),
    ],
  };
}

/** Removes everything of an environment; data and secrets only where that is asked for. What is gone is no error: it may be run again. */
export async function destroyPlatform(context: LocalContext, wish: DestroyWish): Promise<void> {
  const { docker, names, reporter } = context;
  const found = await findPlatform(context);
  const gone = async (part: string, work: () => Promise<unknown>): Promise<void> => {
    const started = performance.now();
    reporter.report({ kind: 'part-started', part, action: 'remove' });
    await work();
    reporter.report({ kind: 'part-changed', part, change: 'removed', ms: performance.now() - started });
  };
  const end = async (id: string): Promise<void> => {
    await docker.containers.stop(id, stopSeconds);
    await docker.containers.remove(id);
  };
  const { loadbalancer, ...others } = found.parts;
  // First who lets visitors in, last whom the rest stands on.
  if (loadbalancer !== undefined) await gone('loadbalancer', () => end(loadbalancer.id));
  const containers = found.tasks.flatMap((task) => task.containers);
  if (containers.length > 0) await gone(serviceName, () => Promise.all(containers.map(({ id }) => end(id))));
  await Promise.all(Object.entries(others).map(([part, { id }]) => gone(part, () => end(id))));
  for (const { id } of found.others) await docker.containers.remove(id);
  if (found.network !== undefined) await gone('network', () => docker.networks.remove(names.network));
  const { dataVolumes, otherVolumes } = volumesOf(context, found);
  const records = await docker.volumes.list(names.labels('deployment'));
  for (const volume of [...otherVolumes.map((name) => names.of(name)), ...records.map(({ name }) => name)])
    await docker.volumes.remove(volume);
  if (!wish.withData) return;
  for (const volume of dataVolumes)
    await gone(`volume ${volume}`, () => docker.volumes.remove(names.of(volume)));
  for (const { name } of await docker.volumes.list(names.labels(restorePart)))
    await docker.volumes.remove(name);
  context.secrets.files.remove();
  context.authority.remove();
}

function tasksWord(count: number): string {
  return count === 1 ? '1 task' : `${count} tasks`;
}

function volumesOf({ names }: LocalContext, { volumes }: FoundPlatform) {
  const all = volumes.map((name) => name.slice(names.of('').length)).toSorted();
  const isOthers = (name: string): boolean => noData.has(name) || name.startsWith(`${serviceName}-`);
  return { dataVolumes: all.filter((name) => !isOthers(name)), otherVolumes: all.filter(isOthers) };
}
