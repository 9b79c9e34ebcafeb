/** What is to be done to a part of the platform. */
export interface Change {
  /** As the user calls it: "database", "network", "wordpress". */
  readonly part: string;
  /** What it is: "container", "volume", "service", or the type of a resource. */
  readonly type: string;
  readonly action: ChangeAction;
  /** What differs, one thing each: "image 1a2b → 3c4d". */
  readonly reasons: readonly string[];
  /** What can't be made again is lost where it is replaced or removed: "the database". */
  readonly loses?: string | undefined;
}

/** `start`: it is there and does not run; `replace`: the old one goes first, and whoever uses it notices. */
export type ChangeAction = 'create' | 'start' | 'update' | 'replace' | 'remove' | 'none';

/** What `provision` would do, in the order in which it would do it. */
export interface PlatformPlan {
  readonly environment: string;
  /** All parts, those with nothing to do included. */
  readonly changes: readonly Change[];
  /** What the user should know of it: fields of the definition that mean something else there. */
  readonly notes: readonly string[];
  /** What is allowed, and nobody should overlook. */
  readonly warnings?: readonly string[] | undefined;
  /** On AWS: what it costs, from prices of a dated table. */
  readonly cost?: PlannedCost | undefined;
  /** On AWS: what does not pass the rules for platforms, and has no waiver. */
  readonly findings?: readonly string[] | undefined;
}

/** What a platform costs, in USD. */
export interface PlannedCost {
  /** A month, whoever visits. */
  readonly monthly: number;
  /** As it is now; undefined where there is none of it yet, or it is not known. */
  readonly before: number | undefined;
  /** The charges that come each month, those that cost most first. */
  readonly fixed: readonly { readonly what: string; readonly monthly: number | undefined }[];
  /** What use adds, each with the price of one: "$0.09 a GB". */
  readonly usage: readonly { readonly what: string; readonly price: string }[];
  /** What one should know of the figures. */
  readonly caveats: readonly string[];
}

/** Whether a plan changes anything. */
export function hasChanges({ changes }: Pick<PlatformPlan, 'changes'>): boolean {
  return changes.some(({ action }) => action !== 'none');
}
