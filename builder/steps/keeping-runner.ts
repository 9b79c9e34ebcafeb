import type { RootState } from '../plan/root-state.js';
import { fragmentRecord, saveStep } from '../plan/step-cache.js';
import type { StepKeys } from '../plan/step-key.js';
import type { Step, StepRunner } from '../plan/step.js';
import type { Store } from '../store/store.js';
import type { DoneStep } from './done-step.js';
import { resultToKeep } from './result-to-keep.js';

interface Keeping {
  readonly state: RootState;
  readonly store: Store;
  readonly keyOf: StepKeys;
}

/** Stores successful results, for the `CachingRunner` of this or a later build. */
export class KeepingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #with: Keeping;

  constructor(inner: StepRunner<DoneStep>, keeping: Keeping) {
    this.#inner = inner;
    this.#with = keeping;
  }

  async run(step: Step): Promise<DoneStep> {
    const { state, store, keyOf } = this.#with;
    const parent = state.digest;
    const done = await this.#inner.run(step);
    const { succeeded, fragment, reads } = done;
    const result = succeeded ? resultToKeep(step, done.result) : undefined;
    if (result !== undefined && reads !== undefined)
      saveStep(keyOf(step), parent, { result, fragment: fragmentRecord(fragment, store), reads }, store);
    return done;
  }
}
