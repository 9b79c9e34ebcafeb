import type { Step, StepRunner } from '../plan/step.js';
import type { DoneStep } from './done-step.js';

/** A finished step and its duration. */
export interface TimedStep {
  readonly step: Step;
  readonly done: DoneStep;
  readonly ms: number;
}

/** Reports the result and duration of each step, whether it ran or came from the store. */
export class ReportingRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #onDone: (timed: TimedStep) => void;

  constructor(inner: StepRunner<DoneStep>, onDone: (timed: TimedStep) => void) {
    this.#inner = inner;
    this.#onDone = onDone;
  }

  async run(step: Step): Promise<DoneStep> {
    const started = performance.now();
    const done = await this.#inner.run(step);
    this.#onDone({ step, done, ms: performance.now() - started });
    return done;
  }
}
