import { z } from 'zod';

/** CloudFormation and AWS's own answers say numbers and flags as texts, too. */
const number = z.coerce.number();
const text = z.coerce.string();
const flag = z.preprocess(
  (value) => (value === 'true' ? true : value === 'false' ? false : value),
  z.boolean(),
);

const named = z.looseObject({ Name: text, Value: text });
const secret = z.looseObject({ Name: text, ValueFrom: text });

const linuxParameters = z.looseObject({
  Capabilities: z.looseObject({ Add: z.array(text).optional(), Drop: z.array(text).optional() }).optional(),
  Devices: z
    .array(
      z.looseObject({
        HostPath: text,
        ContainerPath: text.optional(),
        Permissions: z.array(z.enum(['read', 'write', 'mknod'])).optional(),
      }),
    )
    .optional(),
  InitProcessEnabled: flag.optional(),
  /** MiB, beside memory; 0 for none. */
  MaxSwap: number.optional(),
  /** MiB. */
  SharedMemorySize: number.optional(),
  Swappiness: number.optional(),
  Tmpfs: z
    .array(
      /** Size in MiB. */
      z.looseObject({ ContainerPath: text, Size: number, MountOptions: z.array(text).optional() }),
    )
    .optional(),
});

const healthCheck = z.looseObject({
  Command: z.array(text).min(1),
  /** Seconds. */
  Interval: number.optional(),
  Timeout: number.optional(),
  StartPeriod: number.optional(),
  Retries: number.optional(),
});

const container = z.looseObject({
  Name: text,
  Image: text,
  Essential: flag.optional(),
  Command: z.array(text).optional(),
  EntryPoint: z.array(text).optional(),
  WorkingDirectory: text.optional(),
  User: text.optional(),
  Environment: z.array(named).optional(),
  Secrets: z.array(secret).optional(),
  /** 1024 are one processor. */
  Cpu: number.optional(),
  /** MiB. */
  Memory: number.optional(),
  MemoryReservation: number.optional(),
  Privileged: flag.optional(),
  ReadonlyRootFilesystem: flag.optional(),
  Interactive: flag.optional(),
  PseudoTerminal: flag.optional(),
  DisableNetworking: flag.optional(),
  DockerSecurityOptions: z.array(text).optional(),
  DockerLabels: z.record(text, text).optional(),
  Hostname: text.optional(),
  DnsServers: z.array(text).optional(),
  DnsSearchDomains: z.array(text).optional(),
  ExtraHosts: z.array(z.looseObject({ Hostname: text, IpAddress: text })).optional(),
  SystemControls: z.array(z.looseObject({ Namespace: text, Value: text })).optional(),
  LinuxParameters: linuxParameters.optional(),
  Ulimits: z.array(z.looseObject({ Name: text, SoftLimit: number, HardLimit: number })).optional(),
  MountPoints: z
    .array(z.looseObject({ SourceVolume: text, ContainerPath: text, ReadOnly: flag.optional() }))
    .optional(),
  /** `NAME` or `NAME:ALIAS`. */
  Links: z.array(text).optional(),
  VolumesFrom: z.array(z.looseObject({ SourceContainer: text, ReadOnly: flag.optional() })).optional(),
  PortMappings: z
    .array(
      z.looseObject({
        ContainerPort: number.optional(),
        ContainerPortRange: text.optional(),
        HostPort: number.optional(),
        Protocol: z.enum(['tcp', 'udp']).optional(),
      }),
    )
    .optional(),
  HealthCheck: healthCheck.optional(),
  /** Seconds. */
  StopTimeout: number.optional(),
  StartTimeout: number.optional(),
  DependsOn: z
    .array(
      z.looseObject({
        ContainerName: text,
        Condition: z.enum(['START', 'COMPLETE', 'SUCCESS', 'HEALTHY']),
      }),
    )
    .optional(),
  RestartPolicy: z
    .looseObject({
      Enabled: flag,
      IgnoredExitCodes: z.array(number).optional(),
      /** Seconds that it must have run. */
      RestartAttemptPeriod: number.optional(),
    })
    .optional(),
  LogConfiguration: z.looseObject({ LogDriver: text, Options: z.record(text, text).optional() }).optional(),
});

const volume = z.looseObject({
  Name: text,
  Host: z.looseObject({ SourcePath: text.optional() }).optional(),
  DockerVolumeConfiguration: z
    .looseObject({
      Scope: z.enum(['task', 'shared']).optional(),
      Autoprovision: flag.optional(),
      Driver: text.optional(),
      DriverOpts: z.record(text, text).optional(),
      Labels: z.record(text, text).optional(),
    })
    .optional(),
  EFSVolumeConfiguration: z
    .looseObject({
      FilesystemId: text,
      RootDirectory: text.optional(),
      AuthorizationConfig: z.looseObject({ AccessPointId: text.optional() }).optional(),
    })
    .optional(),
  S3FilesVolumeConfiguration: z.looseObject({}).optional(),
});

/** The properties of `AWS::ECS::TaskDefinition`, as far as something is made of them on Docker; `taskFields` has all. */
export const taskDefinitionSchema = z.looseObject({
  Family: text.optional(),
  Tags: z.array(z.looseObject({ Key: text, Value: text })).optional(),
  NetworkMode: z.enum(['awsvpc', 'bridge', 'host', 'none']).optional(),
  PidMode: z.enum(['host', 'task']).optional(),
  IpcMode: z.enum(['host', 'task', 'none']).optional(),
  /** 1024 are one processor; "1 vCPU" is understood, too. */
  Cpu: text.optional(),
  /** MiB; "2 GB" is understood, too. */
  Memory: text.optional(),
  RuntimePlatform: z.looseObject({ CpuArchitecture: text.optional() }).optional(),
  Volumes: z.array(volume).optional(),
  ContainerDefinitions: z.array(container).min(1),
});

export type TaskDefinition = z.output<typeof taskDefinitionSchema>;
export type ContainerDefinition = TaskDefinition['ContainerDefinitions'][number];
export type TaskVolume = NonNullable<TaskDefinition['Volumes']>[number];
