import type { ContainerOptions } from '../../../engine/docker/resources/containers.js';
import type { ContainerDefinition, TaskDefinition } from './task-definition.js';

type HostConfig = NonNullable<ContainerOptions['HostConfig']>;

const mib = 1024 * 1024;
const rights = { read: 'r', write: 'w', mknod: 'm' } as const;

/** Limits, rights and devices of a container, as the agent of ECS asks Docker for them. */
export function hostSettings(
  container: ContainerDefinition,
  task: TaskDefinition,
  openFiles: number = Infinity,
): HostConfig {
  const { Capabilities, Devices, Tmpfs, ...linux } = container.LinuxParameters ?? {};
  const tmpfs = (Tmpfs ?? []).map(({ ContainerPath, Size, MountOptions = [] }) => [
    ContainerPath,
    [`size=${Size}m`, ...MountOptions].join(','),
  ]);
  return {
    ReadonlyRootfs: container.ReadonlyRootFilesystem ?? false,
    Privileged: container.Privileged ?? false,
    SecurityOpt: container.DockerSecurityOptions ?? [],
    CapAdd: Capabilities?.Add ?? [],
    CapDrop: Capabilities?.Drop ?? [],
    Tmpfs: Object.fromEntries(tmpfs) as Record<string, string>,
    Ulimits: (container.Ulimits ?? []).map(({ Name, SoftLimit, HardLimit }) => {
      // No process of this machine gets more, and the engine would not start the container.
      const most = Name === 'nofile' ? openFiles : Infinity;
      return { Name, Soft: Math.min(SoftLimit, most), Hard: Math.min(HardLimit, most) };
    }),
    Devices: (Devices ?? []).map(({ HostPath, ContainerPath = HostPath, Permissions }) => ({
      PathOnHost: HostPath,
      PathInContainer: ContainerPath,
      CgroupPermissions: (Permissions ?? ['read', 'write', 'mknod']).map((word) => rights[word]).join(''),
    })),
    ...optional(linux.InitProcessEnabled, (Init) => ({ Init })),
    ...optional(linux.SharedMemorySize, (size) => ({ ShmSize: size * mib })),
    ...memorySettings(container, task),
    ...processorSettings(container, task),
    LogConfig: logSettings(container),
  };
}

function memorySettings(container: ContainerDefinition, task: TaskDefinition): HostConfig {
  const { MaxSwap, Swappiness } = container.LinuxParameters ?? {};
  const limit = container.Memory ?? mebibytes(task.Memory);
  return {
    ...optional(limit, (memory) => ({ Memory: memory * mib })),
    ...optional(container.MemoryReservation, (memory) => ({ MemoryReservation: memory * mib })),
    // Docker counts memory and swap together; ECS, swap alone.
    ...optional(MaxSwap, (swap) => ({ MemorySwap: ((limit ?? 0) + swap) * mib })),
    ...optional(Swappiness, (MemorySwappiness) => ({ MemorySwappiness })),
  };
}

/** What a container says is a share; what the task says, a limit. */
function processorSettings({ Cpu }: ContainerDefinition, task: TaskDefinition): HostConfig {
  return {
    ...optional(Cpu === 0 ? undefined : Cpu, (shares) => ({ CpuShares: Math.max(2, shares) })),
    ...optional(processors(task.Cpu), (count) => ({ NanoCpus: Math.round(count * 1e9) })),
  };
}

/** "512", "0.5 vCPU": processors. */
export function processors(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit] = /^\s*([\d.]+)\s*(vcpu)?\s*$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) / (unit === undefined ? 1024 : 1);
}

/** "1024", "1 GB": MiB. */
export function mebibytes(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const [, digits, unit] = /^\s*([\d.]+)\s*(gb)?\s*$/i.exec(text) ?? [];
  return digits === undefined ? undefined : Number(digits) * (unit === undefined ? 1 : 1024);
}

/** Docker keeps the log, whatever keeps it on AWS; a log that stalls stalls the container only where it would there. */
function logSettings({ LogConfiguration }: ContainerDefinition): NonNullable<HostConfig['LogConfig']> {
  const { mode, 'max-buffer-size': size } = LogConfiguration?.Options ?? {};
  return {
    Type: 'json-file',
    Config: {
      'max-size': '10m',
      'max-file': '3',
      ...optional(mode, (value) => ({ mode: value })),
      ...(mode === 'non-blocking' && size !== undefined ? { 'max-buffer-size': size } : {}),
    },
  };
}

function optional<T, R extends object>(value: T | undefined, make: (value: T) => R): R | object {
  return value === undefined ? {} : make(value);
}
