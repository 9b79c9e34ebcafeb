import { BuilderError } from '../../../errors.js';
import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { ContainerDefinition, TaskDefinition, TaskVolume } from './task-definition.js';
import {
  type TaskSurroundings,
  type TranslatedTask,
  type VolumeSettings,
  ofTask,
} from './translated-task.js';

type Mounts = Pick<ContainerOptions, 'Volumes'> & { readonly Binds: string[] };

/** A volume that only one container of the task mounts, and of which nothing is said, goes with that container; others are the task's. */
export function taskVolumes(task: TaskDefinition): TranslatedTask['volumes'] {
  const own = (task.Volumes ?? []).filter((volume) => isTasks(volume) && isNamed(volume, task));
  return Object.fromEntries(own.map((volume) => [volume.Name, volumeSettings(volume)]));
}

/** Volumes that stand for what tasks share. */
export function sharedVolumes(
  task: TaskDefinition,
  { sharedVolume }: TaskSurroundings,
): TranslatedTask['sharedVolumes'] {
  const shared = (task.Volumes ?? []).filter((volume) => folderOf(volume) === undefined && !isTasks(volume));
  return Object.fromEntries(shared.map((volume) => [sharedVolume(volume), volumeSettings(volume)]));
}

function volumeSettings({ DockerVolumeConfiguration: docker }: TaskVolume): VolumeSettings {
  if (docker === undefined) return {};
  return { driver: docker.Driver, driverOptions: docker.DriverOpts, labels: docker.Labels };
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
  const folder = folderOf(volume);
  if (folder !== undefined) return folder;
  if (!isTasks(volume)) return surroundings.sharedVolume(volume);
  return isNamed(volume, task) ? `${ofTask}${volume.Name}` : undefined;
}

/** ECS takes an empty path for none. */
function folderOf({ Host }: TaskVolume): string | undefined {
  return Host?.SourcePath === '' ? undefined : Host?.SourcePath;
}

function isTasks(volume: TaskVolume): boolean {
  const {
    EFSVolumeConfiguration: efs,
    S3FilesVolumeConfiguration: s3,
    DockerVolumeConfiguration: docker,
  } = volume;
  return (
    folderOf(volume) === undefined && efs === undefined && s3 === undefined && docker?.Scope !== 'shared'
  );
}

/** A volume without a name can't be made in a way of its own, nor be found by another container. */
function isNamed({ Name, DockerVolumeConfiguration: docker }: TaskVolume, task: TaskDefinition): boolean {
  const { Driver, DriverOpts, Labels } = docker ?? {};
  const mounts = task.ContainerDefinitions.flatMap(({ MountPoints = [] }) => MountPoints);
  return (
    mounts.filter(({ SourceVolume }) => SourceVolume === Name).length > 1 ||
    Driver !== undefined ||
    DriverOpts !== undefined ||
    Labels !== undefined
  );
}
