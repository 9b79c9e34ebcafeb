/** The state of a platform, as `platen status --json` prints it. */
export interface PlatformStatus {
  readonly environment: string;
  /** Where the site is reached; undefined where it is not there. */
  readonly address: string | undefined;
  readonly parts: readonly PartStatus[];
  readonly service: ServiceStatus | undefined;
}

export interface PartStatus {
  readonly name: string;
  readonly type: 'container' | 'network' | 'volume' | 'stack';
  readonly state: 'healthy' | 'starting' | 'unhealthy' | 'draining' | 'stopped' | 'present' | 'missing';
  /** Why it is as it is, where that needs words. */
  readonly detail?: string | undefined;
  /** Of its image. */
  readonly digest?: string | undefined;
  /** Where it is reached from this machine. */
  readonly address?: string | undefined;
  readonly ageSeconds?: number | undefined;
  readonly restarts?: number | undefined;
  readonly requestsPerSecond?: number | undefined;
  /** Of one processor. */
  readonly processors?: number | undefined;
  /** Bytes. */
  readonly memory?: number | undefined;
}

export interface ServiceStatus {
  readonly name: string;
  readonly desired: number;
  readonly running: number;
  readonly healthy: number;
  /** What runs, with the digest of its image. */
  readonly revision: string | undefined;
  readonly digest: string | undefined;
  /** On AWS: where that image lies, HOST/NAME@DIGEST. */
  readonly image?: string | undefined;
  /** What was wanted last, where that is not what runs. */
  readonly wanted?:
    { readonly revision: string; readonly digest: string; readonly reason: string } | undefined;
  readonly tasks: readonly (PartStatus & { readonly revision: string })[];
}

/** A deployment that was, as `platen status --history` shows it. Times are RFC 3339. */
export interface PastDeployment {
  /** Who deployed it; undefined where nobody noted it. */
  readonly who?: string | undefined;
  readonly branch?: string | undefined;
  readonly commit?: string | undefined;
  /** What was deployed: a digest, or a reference that ends with one. */
  readonly image?: string | undefined;
  readonly started?: string | undefined;
  readonly ended?: string | undefined;
  /** Undefined while it is under way, or where it was killed. */
  readonly outcome?: 'completed' | 'rolled-back' | 'failed' | undefined;
  readonly wanted?: string | undefined;
  readonly reason?: string | undefined;
}
