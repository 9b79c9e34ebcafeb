import { StepError } from '../errors.js';
import type { RootState } from '../plan/root-state.js';
import { findStep, fragmentRecord, saveStep } from '../plan/step-cache.js';
import { stepKey } from '../plan/step-key.js';
import type { Step, StepOutcome, StepRunner } from '../plan/step.js';
import type { Reporter } from '../reporter.js';
import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { StepReport } from './step-report.js';
import type { Explainer } from './explain.js';
import type { LayerPlan } from './layer-plan.js';
import type { SessionKeeper } from './build-session.js';
import { resultToKeep } from './result-to-keep.js';
import { executeStep } from './step-executor.js';

export interface BuildParts {
  readonly state: RootState;
  readonly store: Store;
  readonly sessions: SessionKeeper;
  readonly layers: LayerPlan;
  readonly explainer: Explainer;
  readonly reporter: Reporter;
  readonly signal: AbortSignal;
  readonly epoch: number;
  readonly platform: string;
  /** Of the base's own: commands see it. */
  readonly environment: Readonly<Record<string, string>>;
  readonly noCache: boolean;
  /** Give the reason for every step that runs. */
  readonly explain: boolean;
  /** Say what would run instead of running it. */
  readonly plan: boolean;
}

/** Runs the steps of a build: from the store where it can, else for real, keeping what succeeded. */
export class BuildRunner implements StepRunner {
  readonly reports: StepReport[] = [];
  readonly #with: BuildParts;

  constructor(parts: BuildParts) {
    this.#with = parts;
  }

  async run(step: Step): Promise<StepOutcome> {
    const { signal } = this.#with;
    signal.throwIfAborted();
    const started = performance.now();
    if (step.kind === 'control') return this.#control(step, started);
    const key = stepKey(step, this.#with);
    const outcome = this.#fromStore(step, key, started) ?? (await this.#forReal(step, key, started));
    this.#with.explainer.note(step, key);
    return outcome;
  }

  async #control(step: Step, started: number): Promise<StepOutcome> {
    const { state, epoch } = this.#with;
    const exec = () =>
      Promise.reject(new StepError(`"${step.name}" can't run commands`, { step: step.name }));
    // Few look at the root; making its tree takes a while.
    const context = {
      epoch,
      exec,
      get root() {
        return state.tree;
      },
    };
    const result = await step.run(context);
    return { result, cached: false, known: true, changes: [], ms: performance.now() - started };
  }

  #fromStore(step: Step, key: Digest, started: number): StepOutcome | undefined {
    const { noCache, state, store, layers } = this.#with;
    const found = noCache ? undefined : findStep(key, state, store);
    if (found === undefined) return undefined;
    state.add(found.fragment, false);
    layers.add(step, found.fragment);
    const ms = performance.now() - started;
    this.#report(step, { cached: true, ms, changed: found.result.changed });
    return { result: found.result, cached: true, known: true, changes: [], ms };
  }

  async #forReal(step: Step, key: Digest, started: number): Promise<StepOutcome> {
    const { state, store, layers, plan, reporter } = this.#with;
    const reason = this.#with.explain ? this.#with.explainer.reason(step, key, state) : undefined;
    if (plan) return this.#planned(step, key, reason);
    reporter.report({ kind: 'step-started', name: step.name });
    const parent = state.digest;
    const { result, fragment, reads } = await executeStep(step, this.#with);
    const succeeded = step.succeeded(result);
    const kept = succeeded ? resultToKeep(step, result) : undefined;
    if (kept !== undefined)
      saveStep(key, parent, { result: kept, fragment: fragmentRecord(fragment, store), reads }, store);
    layers.add(step, fragment);
    const ms = performance.now() - started;
    this.#report(step, { cached: false, ms, changed: result.changed, failed: !succeeded, reason });
    return { result, cached: false, known: true, changes: fragment.entries(), ms };
  }

  #planned(step: Step, key: Digest, reason: string | undefined): StepOutcome {
    const unknown = digestOf(`unknown ${key}`);
    this.#with.state.add({ digest: unknown, bytes: 0, count: 1, entries: () => [] }, false);
    this.#report(step, { cached: false, ms: 0, changed: true, reason });
    return { result: { changed: true }, cached: false, known: false, changes: [], ms: 0 };
  }

  #report(
    { name, kind }: Step,
    done: { cached: boolean; ms: number; changed: boolean; failed?: boolean; reason?: string | undefined },
  ): void {
    const { cached, ms, reason } = done;
    this.reports.push({
      name,
      kind,
      cached,
      ms: Math.round(ms),
      ...(reason === undefined ? {} : { reason }),
    });
    if (!this.#with.plan) this.#with.reporter.report({ kind: 'step-done', name, ...done });
  }
}
