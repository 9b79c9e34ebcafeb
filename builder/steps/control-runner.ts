import { StepError } from '../errors.js';
import type { RootState } from '../plan/root-state.js';
import type { Step, StepContext, StepOutcome, StepRunner } from '../plan/step.js';

interface Control {
  readonly state: RootState;
  readonly epoch: number;
  readonly signal: AbortSignal;
}

/** Runs control steps, which change no file and are not reported; passes all others to the inner runner. */
export class ControlRunner implements StepRunner {
  readonly #inner: StepRunner;
  readonly #with: Control;

  constructor(inner: StepRunner, control: Control) {
    this.#inner = inner;
    this.#with = control;
  }

  async run(step: Step): Promise<StepOutcome> {
    this.#with.signal.throwIfAborted();
    if (step.kind !== 'control') return this.#inner.run(step);
    return { result: await step.run(this.#contextFor(step)), known: true };
  }

  #contextFor({ name }: Step): StepContext {
    const { state, epoch } = this.#with;
    return {
      epoch,
      exec: () => Promise.reject(new StepError(`"${name}" can't run commands`, { step: name })),
      // Built on demand: few control steps read the root, and building its tree is slow.
      get root() {
        return state.tree;
      },
    };
  }
}
