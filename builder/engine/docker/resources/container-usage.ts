/** What a container uses now. */
export interface ContainerUsage {
  /** Of one processor: 1.5 is one and a half. */
  readonly processors: number;
  /** Bytes, without what the kernel may take back (inactive files). */
  readonly memory: number;
  /** Bytes; 0 where there is no limit but the machine's. */
  readonly memoryLimit: number;
}

/** The part of the engine's answer that is read (Docker Engine API, ContainerStats). */
export interface StatsAnswer {
  readonly cpu_stats: CpuStats;
  readonly precpu_stats: CpuStats;
  readonly memory_stats: {
    readonly usage?: number;
    readonly limit?: number;
    readonly stats?: Readonly<Record<string, number>>;
  };
}

interface CpuStats {
  readonly cpu_usage: { readonly total_usage: number };
  readonly system_cpu_usage?: number;
  readonly online_cpus?: number;
}

/** As `docker stats` reckons: the share of the machine's time between two looks, times its processors. */
export function containerUsage({ cpu_stats, precpu_stats, memory_stats }: StatsAnswer): ContainerUsage {
  const used = cpu_stats.cpu_usage.total_usage - precpu_stats.cpu_usage.total_usage;
  const all = (cpu_stats.system_cpu_usage ?? 0) - (precpu_stats.system_cpu_usage ?? 0);
  const { usage = 0, limit = 0, stats = {} } = memory_stats;
  const reclaimable = stats['inactive_file'] ?? stats['total_inactive_file'] ?? 0;
  return {
    processors: all > 0 ? (used / all) * (cpu_stats.online_cpus ?? 1) : 0,
    memory: Math.max(0, usage - reclaimable),
    memoryLimit: limit,
  };
}
