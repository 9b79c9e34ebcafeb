import type { Reporter } from './reporter.js';
import type { Environment } from './environment.js';

/** Everything that a build gets from outside. */
export interface BuildContext {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly environment: Environment;
  /** Absolute path of the folder that holds `images/` and `playbooks/`. */
  readonly projectFolder: string;
  /** Digest of this program, which separates its memos from those of other versions. If undefined, no memos are kept. */
  readonly program?: string | undefined;
}
