import type { RootState } from '../plan/root-state.js';
import type { StepKeys } from '../plan/step-key.js';
import type { Step, StepRunner } from '../plan/step.js';
import type { Store } from '../store/store.js';
import { AnnouncingRunner } from './announcing-runner.js';
import type { BuildSession } from './build-session.js';
import { CachingRunner } from './caching-runner.js';
import { ControlRunner } from './control-runner.js';
import type { DoneStep } from './done-step.js';
import { ExecutingRunner } from './executing-runner.js';
import type { Explainer } from './explainer.js';
import { ExplainingRunner } from './explaining-runner.js';
import { KeepingRunner } from './keeping-runner.js';
import type { LayerPlan } from './layer-plan.js';
import { LayeringRunner } from './layering-runner.js';
import { NotingRunner } from './noting-runner.js';
import { PlanningRunner } from './planning-runner.js';
import { ReportingRunner, type TimedStep } from './reporting-runner.js';

/** Shared by the runners of one build. */
export interface ChainParts {
  readonly state: RootState;
  readonly store: Store;
  readonly keyOf: StepKeys;
  readonly explainer: Explainer;
  readonly layers: LayerPlan;
  readonly epoch: number;
  readonly signal: AbortSignal;
  onDone(timed: TimedStep): void;
}

/** Options for running a build's steps. */
export interface StepChoices {
  /** Take nothing from the store. */
  readonly noCache: boolean;
  /** Give the reason for every step that runs. */
  readonly explain: boolean;
}

/** Takes steps from the store if possible, else runs them and keeps successful results. */
export function buildChain(
  parts: ChainParts & { readonly session: BuildSession; onStart(step: Step): void },
  choices: StepChoices,
): StepRunner {
  const executing = new AnnouncingRunner(new ExecutingRunner(parts), (step) => parts.onStart(step));
  const running = new KeepingRunner(executing, parts);
  return told(new NotingRunner(remembering(running, parts, choices), parts.explainer), parts);
}

/** Runs no step: reports which ones are in the store and which would run. */
export function planChain(parts: ChainParts, choices: StepChoices): StepRunner {
  return told(remembering(new PlanningRunner(parts), parts, choices), parts);
}

/** Uses `running` for steps that the store does not have, and adds the reason if `explain` is set. */
function remembering(
  running: StepRunner<DoneStep>,
  parts: ChainParts,
  { noCache, explain }: StepChoices,
): StepRunner<DoneStep> {
  const { explainer, state } = parts;
  const reasonOf = (step: Step) => (noCache ? '--no-cache' : explainer.reason(step, state));
  const explained = explain ? new ExplainingRunner(running, reasonOf) : running;
  return noCache ? explained : new CachingRunner(explained, parts);
}

function told(inner: StepRunner<DoneStep>, parts: ChainParts): StepRunner {
  const layering = new LayeringRunner(inner, parts.layers);
  return new ControlRunner(new ReportingRunner(layering, (timed) => parts.onDone(timed)), parts);
}
