import type { RootState } from '../plan/root-state.js';
import { findStep } from '../plan/step-cache.js';
import type { StepKeys } from '../plan/step-key.js';
import type { Step, StepRunner } from '../plan/step.js';
import type { Store } from '../store/store.js';
import type { DoneStep } from './done-step.js';

interface Caching {
  readonly state: RootState;
  readonly store: Store;
  readonly keyOf: StepKeys;
}

/** Replays a step's result from the store instead of running it, and adds its changes to the state. */
export class CachingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #with: Caching;

  constructor(inner: StepRunner<DoneStep>, caching: Caching) {
    this.#inner = inner;
    this.#with = caching;
  }

  async run(step: Step): Promise<DoneStep> {
    const { state, store, keyOf } = this.#with;
    const found = findStep(keyOf(step), state, store);
    if (found === undefined) return this.#inner.run(step);
    const { result, fragment } = found;
    state.add(fragment, false);
    return { result, known: true, cached: true, succeeded: true, fragment };
  }
}
