import type { Fragment } from '../plan/fragment.js';
import type { StepOutcome } from '../plan/step.js';
import type { Reads } from '../plan/trace.js';

/** What became of a step, as the runners of a build tell each other. */
export interface DoneStep extends StepOutcome {
  /** It came from the store. */
  readonly cached: boolean;
  /** As `failed_when` has it. */
  readonly succeeded: boolean;
  /** What it changed. */
  readonly fragment: Fragment;
  /** What it read of the root; undefined where it did not run. */
  readonly reads?: Reads | undefined;
  /** Why it ran, where somebody asked. */
  readonly reason?: string | undefined;
}
