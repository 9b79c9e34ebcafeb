import type { Step, StepRunner } from '../plan/step.js';
import type { DoneStep } from './done-step.js';

/** Adds the reason to each step that reaches this runner, because the store had no result of it. */
export class ExplainingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #reasonOf: (step: Step) => string;

  constructor(inner: StepRunner<DoneStep>, reasonOf: (step: Step) => string) {
    this.#inner = inner;
    this.#reasonOf = reasonOf;
  }

  async run(step: Step): Promise<DoneStep> {
    // Find the reason before the step runs: running changes the root.
    const reason = this.#reasonOf(step);
    return { ...(await this.#inner.run(step)), reason };
  }
}
