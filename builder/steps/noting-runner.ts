import type { Step, StepRunner } from '../plan/step.js';
import type { DoneStep } from './done-step.js';
import type { Explainer } from './explainer.js';

/** Records the inputs of each step for later builds, whether it ran or came from the store. */
export class NotingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #explainer: Explainer;

  constructor(inner: StepRunner<DoneStep>, explainer: Explainer) {
    this.#inner = inner;
    this.#explainer = explainer;
  }

  async run(step: Step): Promise<DoneStep> {
    const done = await this.#inner.run(step);
    this.#explainer.note(step);
    return done;
  }
}
