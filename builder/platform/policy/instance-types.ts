/** What of an instance type limits its tasks. */
export interface InstanceType {
  readonly vcpus: number;
  /** Network interfaces, its own among them. */
  readonly interfaces: number;
  /** Tasks with awsvpcTrunking; 0: it has no trunks. */
  readonly trunked: number;
  /** MiB of the machine. */
  readonly memory: number;
}

/*
 * Interfaces and those on a trunk: aws/amazon-vpc-resource-controller-k8s, pkg/aws/vpc/limits.go of 2026-04-23, which AWS
 * makes of DescribeInstanceTypes. ECS's own table allows one task more with trunks (Developer Guide, "Supported instances for
 * increased container network interfaces"): to plan with fewer is safe. vCPUs and memory: EC2's "Instance types".
 */
const general = {
  medium: { vcpus: 1, interfaces: 2, trunked: 4, memory: 4096 },
  large: { vcpus: 2, interfaces: 3, trunked: 9, memory: 8192 },
  xlarge: { vcpus: 4, interfaces: 4, trunked: 18, memory: 16_384 },
  '2xlarge': { vcpus: 8, interfaces: 4, trunked: 38, memory: 32_768 },
} as const;

const burstable = {
  small: { vcpus: 2, interfaces: 3, trunked: 0, memory: 2048 },
  medium: { vcpus: 2, interfaces: 3, trunked: 0, memory: 4096 },
  large: { vcpus: 2, interfaces: 3, trunked: 0, memory: 8192 },
  xlarge: { vcpus: 4, interfaces: 4, trunked: 0, memory: 16_384 },
} as const;

// Machines with processors of Intel and AMD begin with `large`.
const { medium: _, ...generalX86 } = general;

const families: Readonly<Record<string, Readonly<Record<string, InstanceType>>>> = {
  t3: burstable,
  t3a: { ...burstable, small: { ...burstable.small, interfaces: 2 } },
  t4g: burstable,
  ...Object.fromEntries(['m5', 'm5a', 'm6i', 'm6a', 'm7i'].map((name) => [name, generalX86])),
  ...Object.fromEntries(['m6g', 'm6gd', 'm7g'].map((name) => [name, general])),
};

/** Names of the instance types whose limits are known here. */
export const knownInstanceTypes: readonly string[] = Object.entries(families).flatMap(([family, sizes]) =>
  Object.keys(sizes).map((size) => `${family}.${size}`),
);

/** Limits of an instance type; undefined where they are not known here. */
export function instanceType(name: string): InstanceType | undefined {
  const [family = '', size = ''] = name.split('.');
  return families[family]?.[size];
}

/** MiB that ECS may give to tasks: an estimate of what the system and the agent leave, 7,608 of 8,192. */
export function memoryForTasks({ memory }: InstanceType): number {
  return Math.floor(memory * 0.96 - 256);
}
