/** What of an instance type limits its tasks. */
export interface InstanceType {
  /** Network interfaces, its own among them (EC2 User Guide, "Maximum IP addresses per network interface"). */
  readonly interfaces: number;
  /** Tasks with awsvpcTrunking (ECS Developer Guide, "Supported Amazon EC2 instance types"); 0: it has no trunks. */
  readonly trunked: number;
  /** MiB that ECS may give to tasks: the memory without what system and agent keep. */
  readonly memory: number;
}

const general = {
  medium: { interfaces: 2, trunked: 4, memory: 3700 },
  large: { interfaces: 3, trunked: 10, memory: 7600 },
  xlarge: { interfaces: 4, trunked: 18, memory: 15_400 },
  '2xlarge': { interfaces: 4, trunked: 38, memory: 31_000 },
} as const;

const burstable = {
  small: { interfaces: 3, trunked: 0, memory: 1850 },
  medium: { interfaces: 3, trunked: 0, memory: 3800 },
  large: { interfaces: 3, trunked: 0, memory: 7700 },
  xlarge: { interfaces: 4, trunked: 0, memory: 15_600 },
} as const;

const families: Readonly<Record<string, Readonly<Record<string, InstanceType>>>> = {
  ...Object.fromEntries(['t3', 't3a', 't4g'].map((name) => [name, burstable])),
  ...Object.fromEntries(
    ['m5', 'm5a', 'm6i', 'm6a', 'm6g', 'm6gd', 'm7g', 'm7i'].map((name) => [name, general]),
  ),
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
