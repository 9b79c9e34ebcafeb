import type { Environment } from '../../environment.js';

export interface DebianBase {
  /** A release's name, as `trixie`. */
  readonly suite: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Beside the essential ones and apt. */
  readonly packages: readonly string[];
  /** No time in the archive is later: seconds since 1970. */
  readonly epoch: number;
  /** Where packages come from; without it mmdebstrap's own default. Updates and security fixes come with either. */
  readonly mirror?: string | undefined;
  /** The environment of mmdebstrap: PATH and proxies. */
  readonly environment: Environment;
  /** Where it may put a root of about 300 MB for the time being; without it the system's folder for such. */
  readonly workFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
