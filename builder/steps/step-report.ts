import type { TimedStep } from './reporting-runner.js';

/** The report of a step in a build's result. */
export interface StepReport {
  readonly name: string;
  readonly kind: 'file' | 'exec' | 'control';
  /** Null in a plan if it depends on a step that would have to run first. */
  readonly cached: boolean | null;
  readonly ms: number;
  /** The input that changed, with `explain`. */
  readonly reason?: string | undefined;
}

/** A step's report; a step that a plan would run has no duration. */
export function stepReport({
  step: { name, kind },
  done: { cached, known, reason },
  ms,
}: TimedStep): StepReport {
  const report = { name, kind, cached, ms: known ? Math.round(ms) : 0 };
  return reason === undefined ? report : { ...report, reason };
}
