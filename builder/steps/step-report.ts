import type { TimedStep } from './reporting-runner.js';

/** The report of a step in a build's result. */
export interface StepReport {
  readonly name: string;
  readonly kind: 'file' | 'exec' | 'control';
  /** Null in a plan if it depends on a step that would have to run first. */
  readonly cached: boolean | null;
  readonly ms: number;
  /** Which input changed, with `explain`. */
  readonly reason?: string | undefined;
}

/** A step for the result; one that a plan would run takes no time. */
export function stepReport({
  step: { name, kind },
  done: { cached, known, reason },
  ms,
}: TimedStep): StepReport {
  const report = { name, kind, cached, ms: known ? Math.round(ms) : 0 };
  return reason === undefined ? report : { ...report, reason };
}
