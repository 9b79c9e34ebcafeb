import { processIdentity } from '../../../system/process-identity.js';
import type { PlannedPlatform } from '../apply-local.js';
import type { LocalContext } from '../local-context.js';
import { labels } from '../platform-names.js';
import { newTaskId, serviceName } from '../service/service-task.js';
import type { TranslatedTask } from '../task/translated-task.js';
import type { Checked, Problem } from './problem.js';
import { volumeOwner } from './volume-owner.js';

type Engine = Pick<LocalContext, 'docker' | 'names'>;
type Planned = Pick<PlannedPlatform, 'wanted' | 'found' | 'plan'>;

/** A volume, and who is about to use it. */
interface VolumeUse {
  readonly volume: string;
  readonly part: string;
  /** By number. */
  readonly user: { readonly uid: number; readonly gid: number };
  readonly image: string;
  /** Containers, stopped ones, that hold it. */
  readonly holders: readonly string[];
}

/**
 * Whether volumes that were there before are of the users that are about to work with them. Those that something works with are
 * not looked at, so that a platform that runs is asked nothing.
 */
export async function checkVolumes(engine: Engine, planned: Planned): Promise<Checked> {
  const uses = await usesToLookAt(engine, planned);
  const problems = await Promise.all([
    ...strangers(planned).map((volume) => strangerProblem(engine, volume)),
    ...uses.map((use) => ownerProblem(engine, use)),
  ]);
  const { volumes } = planned.found;
  return {
    name: 'volumes',
    problems: problems.filter((problem) => problem !== undefined),
    detail: volumes.length === 0 ? 'made at the first run' : `${volumes.length} there`,
  };
}

/** Volumes that are to be made. */
function strangers({ wanted, found }: Planned): string[] {
  return Object.keys(wanted.volumes).filter((volume) => !found.volumes.includes(volume));
}

/** One of that name would be taken as it is: it never gets the labels by which it is found. */
async function strangerProblem({ docker, names }: Engine, volume: string): Promise<Problem | undefined> {
  if ((await docker.volumes.find(volume)) === undefined) return undefined;
  return {
    message: `A volume ${volume} is there that platen did not make for ${names.environment}`,
    hint: `If nothing in it is needed: docker volume rm ${volume}. Else give the environment another name.`,
  };
}

async function usesToLookAt({ docker }: Engine, { wanted, found, plan }: Planned): Promise<VolumeUse[]> {
  const isToStart = ({ part }: { readonly part: { readonly name: string } }): boolean =>
    plan.changes.some(
      (change) =>
        change.part === part.name &&
        change.type === 'container' &&
        (change.action === 'create' || change.action === 'start'),
    );
  const isServiceDown = plan.service.change.action !== 'none' && !found.tasks.some(({ runs }) => runs);
  const uses = [
    ...wanted.parts.filter(isToStart).flatMap(({ part, task }) => usesOf(part.name, task)),
    ...(isServiceDown ? usesOf(serviceName, wanted.service.task) : []),
  ].filter(({ volume, user }) => user.uid !== 0 && found.volumes.includes(volume));
  // What is not built yet can't be looked with; when it is, this is asked again.
  const isThere = await Promise.all(uses.map(({ image }) => docker.images.find(image)));
  const containers = [...Object.values(found.parts), ...found.tasks.flatMap((task) => task.containers)];
  return uses
    .filter((_, index) => isThere[index] !== undefined)
    .map((use) => ({
      ...use,
      holders: containers
        .filter(({ volumes }) => Object.values(volumes).includes(use.volume))
        .map(({ name }) => name),
    }));
}

function usesOf(
  part: string,
  { containers }: Pick<TranslatedTask, 'containers'>,
): Omit<VolumeUse, 'holders'>[] {
  return containers.flatMap(({ options, secretsOwner }) =>
    (options.HostConfig?.Binds ?? []).map((bind: string) => ({
      volume: bind.split(':')[0] ?? '',
      part,
      user: secretsOwner,
      image: options.Image ?? '',
    })),
  );
}

async function ownerProblem(
  { docker, names }: Engine,
  { volume, part, user: { uid, gid }, image, holders }: VolumeUse,
): Promise<Problem | undefined> {
  const owner = await volumeOwner(docker, volume, {
    name: names.of(`look-${newTaskId()}`),
    image,
    labels: { ...names.labels('look'), [labels.owner]: processIdentity() },
  });
  if (owner === undefined || owner === uid) return undefined;
  const chown = `docker run --rm --user 0 --entrypoint chown -v ${volume}:/volume ${shortId(image)} -R ${uid}:${gid} /volume`;
  const free = holders.length === 0 ? '' : `docker rm ${holders.join(' ')} && `;
  return {
    message: `The volume ${volume} belongs to user ${owner}, and ${part} runs as user ${uid}`,
    hint: `To go on with what is in it: "${chown}". To begin without: "${free}docker volume rm ${volume}".`,
  };
}

/** As Docker takes it, too. */
function shortId(image: string): string {
  return image.replace(/^sha256:([0-9a-f]{12})[0-9a-f]*$/, '$1');
}
