import type { RootState } from '../plan/root-state.js';
import type { StepKeys } from '../plan/step-key.js';
import type { Step, StepRunner } from '../plan/step.js';
import { digestOf } from '../store/digest.js';
import type { DoneStep } from './done-step.js';

interface Planning {
  readonly state: RootState;
  readonly keyOf: StepKeys;
}

/** Runs nothing: reports for each step that it would run, and assumes that it would change something unknown. */
export class PlanningRunner implements StepRunner<DoneStep> {
  readonly #with: Planning;

  constructor(planning: Planning) {
    this.#with = planning;
  }

  run(step: Step): Promise<DoneStep> {
    const { state, keyOf } = this.#with;
    const digest = digestOf(`unknown ${keyOf(step)}`);
    const fragment = { digest, bytes: 0, count: 1, entries: () => [] };
    state.add(fragment, false);
    return Promise.resolve({
      result: { changed: true },
      known: false,
      cached: false,
      succeeded: true,
      fragment,
    });
  }
}
