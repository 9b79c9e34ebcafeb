import type { Step, StepRunner } from '../plan/step.js';
import type { DoneStep } from './done-step.js';
import type { LayerPlan } from './layer-plan.js';

/** Collects the changes of steps into layers. Stops at a step with unknown changes, because the layers above it can't be known. */
export class LayeringRunner implements StepRunner<DoneStep> {
  readonly #inner: StepRunner<DoneStep>;
  readonly #layers: LayerPlan;
  #known = true;

  constructor(inner: StepRunner<DoneStep>, layers: LayerPlan) {
    this.#inner = inner;
    this.#layers = layers;
  }

  async run(step: Step): Promise<DoneStep> {
    const done = await this.#inner.run(step);
    this.#known &&= done.known;
    if (this.#known) this.#layers.add(step, done.fragment);
    return done;
  }
}
