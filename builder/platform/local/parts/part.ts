import type { EngineImage } from '../../../engine/docker/resources/images.js';
import type { LocalSettings } from '../../../spec/environment/local-schema.js';
import type { EnvironmentSpec } from '../../../spec/load-environment.js';
import type { PlatformNames } from '../platform-names.js';
import type { TargetHealthCheck } from '../service/service-settings.js';
import type { KeyPair, Names } from '../state/local-authority.js';
import type { ContainerDefinition, TaskDefinition } from '../task/task-definition.js';
import type { ExtraFile, TaskPlace } from '../wanted-container.js';

/** What stands beside WordPress in a local platform, said as ECS would: one container with its volume, on a fixed address. */
export interface Part {
  readonly name: PartName;
  readonly task: TaskDefinition;
  /** Last number of its address. */
  readonly number: number;
  readonly publish?: TaskPlace['publish'];
  readonly files: readonly ExtraFile[];
  /** Seconds within which it must be healthy when it was started for the first time. */
  readonly readySeconds: number;
}

export type PartName = 'database' | 'cache' | 'loadbalancer' | 'registry' | 'mail';

/** What parts are made from. */
export interface PartContext {
  readonly spec: EnvironmentSpec & { readonly local: LocalSettings };
  readonly names: PlatformNames;
  readonly image: EngineImage;
  /** In PEM; empty while it is not made. */
  readonly authority: string;
  readonly certificate: KeyPair;
  /** How the service's tasks are looked at. */
  readonly healthCheck: TargetHealthCheck;
}

/** How a part is made, and whose certificate it needs. */
export interface PartMaker {
  readonly name: PartName;
  /** Names in the part's certificate; without them it has none. */
  readonly certificate?: Names;
  make(context: PartContext): Part;
}

/** The user and group of all parts' processes: images of platen have it. */
const user = '999:999';

/** A container as all parts are: one user without rights, nothing to write to but memory and its volume. */
export function partContainer(
  name: string,
  { image }: PartContext,
  more: Partial<ContainerDefinition>,
): ContainerDefinition {
  return {
    Name: name,
    Image: image.id,
    Essential: true,
    User: user,
    ReadonlyRootFilesystem: true,
    DockerSecurityOptions: ['no-new-privileges'],
    LinuxParameters: {
      Capabilities: { Drop: ['ALL'] },
      Tmpfs: ['/run', '/tmp'].map((ContainerPath) => ({
        ContainerPath,
        Size: 64,
        MountOptions: ['rw', 'nosuid', 'nodev', 'noexec'],
      })),
    },
    HealthCheck: { Command: [...image.healthCheck], Interval: 10, Timeout: 5, Retries: 3, StartPeriod: 60 },
    StopTimeout: 20,
    ...more,
  };
}

/** A volume that outlives its containers. */
export function sharedVolume(name: string): NonNullable<TaskDefinition['Volumes']>[number] {
  return { Name: name, DockerVolumeConfiguration: { Scope: 'shared', Autoprovision: true } };
}

/** The files of a certificate, in the folder of secrets. */
export function certificateFiles({ authority, certificate }: PartContext): ExtraFile[] {
  return [
    { name: 'authority.crt', text: authority },
    { name: 'server.crt', text: certificate.certificate },
    { name: 'server.key', text: certificate.key },
  ];
}
