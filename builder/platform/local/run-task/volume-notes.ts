import type { TaskDefinition } from '../task/task-definition.js';

/** What is not in volumes that outlive a task on ECS, and whose the files are that it puts there. */
export function volumeNotes({ Volumes = [] }: TaskDefinition): string[] {
  const kept = Volumes.filter(
    ({
      EFSVolumeConfiguration: efs,
      S3FilesVolumeConfiguration: s3,
      DockerVolumeConfiguration: docker,
      Host,
    }) => efs !== undefined || s3 !== undefined || (docker?.Scope === 'shared' && !Host?.SourcePath),
  );
  const withAccessPoint = Volumes.filter(
    ({ EFSVolumeConfiguration: efs }) => efs?.AuthorizationConfig?.AccessPointId !== undefined,
  );
  const names = (of: typeof Volumes): string => of.map(({ Name }) => Name).join(', ');
  return [
    ...(kept.length === 0 ? [] : [`Volumes: ${names(kept)} empty at first, and gone with the task`]),
    ...(withAccessPoint.length === 0
      ? []
      : [
          `Volumes: what is in ${names(withAccessPoint)} belongs to whom a container runs as; on EFS to the PosixUser of its access point`,
        ]),
  ];
}
