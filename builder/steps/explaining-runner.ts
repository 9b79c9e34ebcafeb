import type { Step, StepRunner } from '../plan/step.js';
import type { DoneStep } from './done-step.js';

/** Adds the reason to each step that gets here, because no result of it was taken from the store. */
export class ExplainingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #reasonOf: (step: Step) => string;

  constructor(inner: StepRunner<DoneStep>, reasonOf: (step: Step) => string) {
    this.#inner = inner;
    this.#reasonOf = reasonOf;
  }

  async run(step: Step): Promise<DoneStep> {
    // The root is not the same any more when the step has run.
    const reason = this.#reasonOf(step);
    return { ...(await this.#inner.run(step)), reason };
  }
}
