import type { ContainerDefinition } from '../platform/local/task/task-definition.js';

type Rights =
  'User' | 'ReadonlyRootFilesystem' | 'DockerSecurityOptions' | 'LinuxParameters' | 'Memory' | 'Ulimits';

/** Rights of a container in an ECS container definition, and related parts of the task. */
export interface TaskContainer extends Pick<ContainerDefinition, Rights> {
  readonly StopTimeout: number;
  /** Folders on volumes that live as long as the task, on the instance's disk. */
  readonly ephemeralVolumes: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
}

/** Rights of WordPress on ECS: as www-data, without capabilities, with only memory and volumes writable. */
export const wordpressTask: TaskContainer = {
  User: '33:33',
  ReadonlyRootFilesystem: true,
  DockerSecurityOptions: ['no-new-privileges'],
  LinuxParameters: {
    Capabilities: { Drop: ['ALL'], Add: [] },
    // For sockets, settings and the page cache.
    Tmpfs: [{ ContainerPath: '/run', Size: 128, MountOptions: ['rw', 'exec', 'nosuid', 'nodev'] }],
  },
  // Holds uploads in progress: on a disk, because memory is limited.
  ephemeralVolumes: ['/tmp'],
  Memory: 512,
  // A load balancer that checks every 10 s and believes the second answer stops sending after 25 s (reference, "ALB").
  StopTimeout: 60,
  environment: { PLATEN_DRAIN_SECONDS: '30', PLATEN_STOP_SECONDS: '60' },
};

/** The same for a volume that must first be given to www-data: as root, with the capabilities for that and for becoming www-data. */
export const wordpressRootTask: TaskContainer = {
  ...wordpressTask,
  User: '0:0',
  LinuxParameters: {
    ...wordpressTask.LinuxParameters,
    Capabilities: { Drop: ['ALL'], Add: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'] },
  },
};
