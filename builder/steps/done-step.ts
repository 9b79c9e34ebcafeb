import type { LeftOut } from '../build-event.js';
import type { Fragment } from '../plan/fragment.js';
import type { StepOutcome } from '../plan/step.js';
import type { Reads } from '../plan/trace.js';

/** The result of a step, as runners pass it on. */
export interface DoneStep extends StepOutcome {
  /** Whether it came from the store. */
  readonly cached: boolean;
  /** After `failed_when`. */
  readonly succeeded: boolean;
  /** Its changes. */
  readonly fragment: Fragment;
  /** The parts of the root that the step read; undefined if it did not run. */
  readonly reads?: Reads | undefined;
  /** Changes of its commands that `fragment` omits; undefined if it did not run. */
  readonly leftOut?: readonly LeftOut[] | undefined;
  /** Files that its commands made from random numbers, such as keys: new in every build, and the same in all containers. */
  readonly randomSecrets?: readonly string[] | undefined;
  /** Why the step ran, with `--explain`. */
  readonly reason?: string | undefined;
}
