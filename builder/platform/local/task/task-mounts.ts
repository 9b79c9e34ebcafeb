import { BuilderError } from '../../../errors.js';
import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { ContainerDefinition, TaskDefinition, TaskVolume } from './task-definition.js';
import type { TaskSurroundings, TranslatedTask } from './translated-task.js';

type Mounts = Pick<ContainerOptions, 'Volumes'> & { readonly Binds: string[] };

/** A volume that only one container of the task mounts goes with that container; others are the task's. */
export function taskVolumes(task: TaskDefinition, surroundings: TaskSurroundings): TranslatedTask['volumes'] {
  const own = (task.Volumes ?? []).filter((volume) => isTasks(volume) && mountCount(task, volume.Name) > 1);
  return Object.fromEntries(
    own.map((volume) => [
      taskVolumeName(surroundings, volume.Name),
      { driverOptions: volume.DockerVolumeConfiguration?.DriverOpts ?? {} },
    ]),
  );
}

/**
 * What a container mounts. Docker fills a new volume with what the image has at its place, and so does ECS where the image says
 * VOLUME; but not one that an access point gives its owner (`nocopy`).
 */
export function containerMounts(
  { Name: container, MountPoints = [] }: ContainerDefinition,
  task: TaskDefinition,
  surroundings: TaskSurroundings,
): Mounts {
  const binds: string[] = [];
  const unnamed: string[] = [];
  for (const { SourceVolume, ContainerPath, ReadOnly } of MountPoints) {
    const volume = task.Volumes?.find(({ Name }) => Name === SourceVolume);
    if (volume === undefined)
      throw new BuilderError(
        `The container ${container} mounts "${SourceVolume}", a volume that the task does not have`,
        {
          code: 'invalid',
        },
      );
    const source = sourceOf(volume, task, surroundings);
    if (source === undefined) unnamed.push(ContainerPath);
    else {
      const isEfs = volume.EFSVolumeConfiguration !== undefined;
      const options = [
        ...(ReadOnly ? ['ro'] : []),
        ...(isEfs && surroundings.hasAccessPoints === true ? ['nocopy'] : []),
      ];
      binds.push([source, ContainerPath, ...(options.length > 0 ? [options.join(',')] : [])].join(':'));
    }
  }
  return { Binds: binds, Volumes: Object.fromEntries(unnamed.map((path) => [path, {}])) };
}

/** What Docker mounts: a folder, a named volume; undefined for one that goes with the container. */
function sourceOf(
  volume: TaskVolume,
  task: TaskDefinition,
  surroundings: TaskSurroundings,
): string | undefined {
  if (volume.Host?.SourcePath !== undefined) return volume.Host.SourcePath;
  if (!isTasks(volume)) return surroundings.sharedVolume(volume);
  return mountCount(task, volume.Name) > 1 ? taskVolumeName(surroundings, volume.Name) : undefined;
}

function isTasks({
  Host,
  EFSVolumeConfiguration: efs,
  S3FilesVolumeConfiguration: s3,
  DockerVolumeConfiguration: docker,
}: TaskVolume): boolean {
  return (
    Host?.SourcePath === undefined && efs === undefined && s3 === undefined && docker?.Scope !== 'shared'
  );
}

function mountCount({ ContainerDefinitions }: TaskDefinition, name: string): number {
  return ContainerDefinitions.flatMap(({ MountPoints = [] }) => MountPoints).filter(
    ({ SourceVolume }) => SourceVolume === name,
  ).length;
}

function taskVolumeName({ name }: TaskSurroundings, volume: string): string {
  return `${name}-${volume}`;
}
