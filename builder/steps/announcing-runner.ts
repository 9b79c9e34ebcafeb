import type { Step, StepRunner } from '../plan/step.js';
import type { DoneStep } from './done-step.js';

/** Reports the start of each step that reaches this runner. */
export class AnnouncingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #onStart: (step: Step) => void;

  constructor(inner: StepRunner<DoneStep>, onStart: (step: Step) => void) {
    this.#inner = inner;
    this.#onStart = onStart;
  }

  run(step: Step): Promise<DoneStep> {
    this.#onStart(step);
    return this.#inner.run(step);
  }
}
