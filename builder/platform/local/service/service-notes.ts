import type { EngineImage } from '../../../engine/docker/resources/images.js';
import type { TaskDefinition } from '../task/task-definition.js';
import type { TranslatedTask } from '../task/translated-task.js';
import type { AccessPoint } from './access-point.js';

/** What of a task's containers means less in a service, whose tasks nobody but Docker looks after when platen has ended. */
export function serviceNotes({ containers }: Pick<TranslatedTask, 'containers'>): string[] {
  return containers
    .filter(({ restartPolicy }) => restartPolicy?.Enabled === true)
    .map(
      ({ name }) =>
        `RestartPolicy of ${name}: Docker starts it again whenever it ends; IgnoredExitCodes and RestartAttemptPeriod are not honoured`,
    );
}

/**
 * Whose files are others on EFS: there all that comes through an access point is done as its user, here as whom a container
 * runs as.
 * @param images what the engine has under each name of an image
 */
export function accessPointNotes(
  { Volumes = [], ContainerDefinitions }: TaskDefinition,
  images: Readonly<Record<string, Pick<EngineImage, 'user'>>>,
  { user: { uid, gid } }: AccessPoint,
): string[] {
  const isShared = (name: string): boolean =>
    Volumes.some(({ Name, EFSVolumeConfiguration: efs }) => Name === name && efs !== undefined);
  return ContainerDefinitions.flatMap(({ Name, Image, User, MountPoints = [] }) => {
    const written = MountPoints.filter(({ SourceVolume, ReadOnly }) => isShared(SourceVolume) && !ReadOnly);
    const runsAs = User ?? images[Image]?.user ?? '';
    if (written.length === 0 || [`${uid}:${gid}`, ...(uid === gid ? [`${uid}`] : [])].includes(runsAs))
      return [];
    const volumes = written.map(({ SourceVolume }) => SourceVolume).join(', ');
    const owner = runsAs === '' ? 'root' : runsAs;
    return `PosixUser: what ${Name} writes to ${volumes} belongs to ${owner} here, whom it runs as; on EFS to ${uid}:${gid}, as its access point says`;
  });
}
