import type { LeftOut } from '../build-event.js';
import type { Fragment } from '../plan/fragment.js';
import type { StepOutcome } from '../plan/step.js';
import type { Reads } from '../plan/trace.js';

/** The result of a step, as runners pass it on. */
export interface DoneStep extends StepOutcome {
  /** It came from the store. */
  readonly cached: boolean;
  /** As `failed_when` has it. */
  readonly succeeded: boolean;
  /** What it changed. */
  readonly fragment: Fragment;
  /** What the step read of the root; undefined if it did not run. */
  readonly reads?: Reads | undefined;
  /** What its commands left and `fragment` has not; undefined where it did not run. */
  readonly leftOut?: readonly LeftOut[] | undefined;
  /** What its commands made of random numbers: differs in every build, and is the same in all containers. */
  readonly randomSecrets?: readonly string[] | undefined;
  /** Why the step ran, with `--explain`. */
  readonly reason?: string | undefined;
}
