/** What an ECS container definition says about how a container may run (Amazon ECS API, ContainerDefinition). */
export interface TaskContainer {
  /** User and group, by number. */
  readonly user?: string;
  readonly readonlyRootFilesystem: boolean;
  readonly dockerSecurityOptions: readonly string[];
  readonly linuxParameters: {
    readonly capabilities: { readonly drop: readonly string[]; readonly add: readonly string[] };
    /** Sizes in MiB. */
    readonly tmpfs: readonly {
      readonly containerPath: string;
      readonly size: number;
      readonly mountOptions: readonly string[];
    }[];
  };
  /** Folders on volumes of their own that live as long as the task, on the instance's disk. */
  readonly ephemeralVolumes: readonly string[];
  /** In MiB. */
  readonly memory: number;
  /** Seconds until a container that was asked to stop is killed. */
  readonly stopTimeout: number;
  readonly environment: Readonly<Record<string, string>>;
}

/** How WordPress runs on ECS: as nobody but www-data, with no capability, and nothing to write to but memory and volumes. */
export const wordpressTask: TaskContainer = {
  user: '33:33',
  readonlyRootFilesystem: true,
  dockerSecurityOptions: ['no-new-privileges'],
  linuxParameters: {
    capabilities: { drop: ['ALL'], add: [] },
    // For sockets, settings and the page cache.
    tmpfs: [{ containerPath: '/run', size: 128, mountOptions: ['rw', 'exec', 'nosuid', 'nodev'] }],
  },
  // Uploads are here before they are whole: on a disk, because memory is limited.
  ephemeralVolumes: ['/tmp'],
  memory: 512,
  // A load balancer that asks each 10 s and believes the second answer stops sending after 25 s (reference, "ALB").
  stopTimeout: 60,
  environment: { PLATEN_DRAIN_SECONDS: '30', PLATEN_STOP_SECONDS: '60' },
};

/** The same for a volume that must be given to www-data first: as root, with what root needs for it and for becoming www-data. */
export const wordpressRootTask: TaskContainer = {
  ...wordpressTask,
  user: '0:0',
  linuxParameters: {
    ...wordpressTask.linuxParameters,
    capabilities: { drop: ['ALL'], add: ['CHOWN', 'DAC_OVERRIDE', 'KILL', 'SETGID', 'SETUID'] },
  },
};
