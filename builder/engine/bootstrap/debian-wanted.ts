import type { Environment } from '../../environment.js';

export interface DebianBase {
  /** A release's name, such as `trixie`. */
  readonly suite: string;
  /** `linux/amd64`. */
  readonly platform: string;
  /** Packages besides the essential ones and apt. */
  readonly packages: readonly string[];
  /** Latest time in the archive: seconds since 1970. */
  readonly epoch: number;
  /** Mirror for packages; default: mmdebstrap's. Updates and security fixes are included with either. */
  readonly mirror?: string | undefined;
  /** The environment of mmdebstrap: PATH and proxies. */
  readonly environment: Environment;
  /** Folder for a temporary root of about 300 MB; default: the system's. */
  readonly workFolder?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}
