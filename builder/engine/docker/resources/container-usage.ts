/** A container's current use of resources. */
export interface ContainerUsage {
  /** In processors: 1.5 is one and a half. */
  readonly processors: number;
  /** Bytes, without reclaimable cache (inactive files). */
  readonly memory: number;
  /** Bytes; 0 if only the machine limits it. */
  readonly memoryLimit: number;
}

/** The relevant part of the engine's answer (Docker Engine API, ContainerStats). */
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

/** Computed like `docker stats`: the share of the machine's processor time between two samples, times its processors. */
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
