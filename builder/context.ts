import type { Reporter } from './reporter.js';
import type { Environment } from './environment.js';

/** What a build gets from outside; nothing of it is looked up anywhere else. */
export interface BuildContext {
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly environment: Environment;
  /** Absolute path of the folder that holds `images/` and `playbooks/`. */
  readonly projectFolder: string;
  /** Which program this is, to the byte: what one makes of files is kept for itself alone. Where unknown, nothing is kept. */
  readonly program?: string | undefined;
}
