import type { LeftOut } from '../build-event.js';
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
  /** What its commands left and `fragment` has not; undefined where it did not run. */
  readonly leftOut?: readonly LeftOut[] | undefined;
  /** What its commands made of random numbers: differs in every build, and is the same in all containers. */
  readonly randomSecrets?: readonly string[] | undefined;
  /** Why it ran, where somebody asked. */
  readonly reason?: string | undefined;
}
