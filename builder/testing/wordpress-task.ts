import type { ContainerDefinition } from '../platform/local/task/task-definition.js';

type Rights =
  'User' | 'ReadonlyRootFilesystem' | 'DockerSecurityOptions' | 'LinuxParameters' | 'Memory' | 'Ulimits';

/** What an ECS container definition says about how a container may run, and what of the task goes with it. */
export interface TaskContainer extends Pick<ContainerDefinition, Rights> {
  readonly StopTimeout: number;
  /** Folders on volumes of their own that live as long as the task, on the instance's disk. */
  readonly ephemeralVolumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** How WordPress runs on ECS: as nobody but www-data, with no capability, and nothing to write to but memory and volumes. */
export const wordpressTask: TaskContainer = {
  User: '33:33',
  ReadonlyRootFilesystem: true,
  DockerSecurityOptions: ['no-new-privileges'],
  LinuxParameters: {
    Capabilities: { Drop: ['ALL'], Add: [] },
    // For sockets, settings and the page cache.
    Tmpfs: [{ ContainerPath: '/run', Size: 128, MountOptions: ['rw', 'exec', 'nosuid', 'nodev'] }],
  },
  // Uploads are here before they are whole: on a disk, because memory is limited.
  ephemeralVolumes: ['/tmp'],
  Memory: 512,
  // A load balancer that asks each 10 s and believes the second answer stops sending after 25 s (reference, "ALB").
  StopTimeout: 60,
  environment: { PLATEN_DRAIN_SECONDS: '30', PLATEN_STOP_SECONDS: '60' },
};

/** The same for a volume that must be given to www-data first: as root, with what root needs for it and for becoming www-data. */
export const wordpressRootTask: TaskContainer = {
  ...wordpressTask,
  User: '0:0',
  LinuxParameters: {
    ...wordpressTask.LinuxParameters,
    Capabilities: { Drop: ['ALL'], Add: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'] },
  },
};
