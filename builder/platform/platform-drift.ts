/** What of a platform was changed outside of its stacks, as `platen drift --json` prints it. */
export interface PlatformDrift {
  readonly environment: string;
  /** What somebody changed or deleted. */
  readonly drifts: readonly DriftedResource[];
  /** What always looks changed, or changes by itself, each with why. */
  readonly noise: readonly (DriftedResource & { readonly reason: string })[];
  /** Resources of types that CloudFormation does not compare: "rotation/Schedule". */
  readonly notCompared: readonly string[];
  /** Stacks, or parts of them, that could not be compared, and why. */
  readonly failed: readonly { readonly stack: string; readonly reason: string }[];
}

export interface DriftedResource {
  /** "database/Instance" */
  readonly resource: string;
  readonly type: string;
  readonly status: 'modified' | 'deleted';
  /** None where it was deleted. */
  readonly properties: readonly DriftedProperty[];
}

export interface DriftedProperty {
  /** "/BackupRetentionPeriod" */
  readonly path: string;
  /** As the stack has it; empty where it says nothing. */
  readonly expected: string;
  readonly actual: string;
}
