export interface StepReport {
  readonly name: string;
  readonly kind: 'file' | 'exec' | 'control';
  /** Null in a plan, where it depends on a step that would have to run first. */
  readonly cached: boolean | null;
  readonly ms: number;
  /** Which input changed, with `explain`. */
  readonly reason?: string | undefined;
}
