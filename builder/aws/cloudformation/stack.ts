/** A stack as CloudFormation describes it (DescribeStacks). */
export interface Stack {
  readonly name: string;
  readonly id: string;
  /** `CREATE_COMPLETE`, `UPDATE_ROLLBACK_IN_PROGRESS` … */
  readonly status: string;
  readonly statusReason?: string | undefined;
  /** By their keys. */
  readonly outputs: Readonly<Record<string, string>>;
  readonly isProtected: boolean;
  /** As they were given, lists with commas; defaults included. */
  readonly parameters: Readonly<Record<string, string>>;
  /** `CONFIGURATION_COMPLETE` while what was made settles; undefined mostly. */
  readonly detailedStatus?: string | undefined;
  readonly tags?: Readonly<Record<string, string>> | undefined;
  readonly createdAt?: Date | undefined;
}

/** What happened to one resource, or to the stack itself (DescribeStackEvents). */
export interface StackEvent {
  readonly id: string;
  /** Of the stack that the resource is in. */
  readonly stack: string;
  readonly logicalId: string;
  readonly physicalId?: string | undefined;
  readonly type: string;
  readonly status: string;
  readonly reason?: string | undefined;
  readonly time: Date;
  /** The request that the operation began with; the same for all of its events, where AWS gives it. */
  readonly token?: string | undefined;
  /** `CONFIGURATION_COMPLETE` once only the eventual consistency check is left. */
  readonly detailedStatus?: string | undefined;
}

/** What a change set would do to one resource (DescribeChangeSet). */
export interface ResourceChange {
  readonly action: 'Add' | 'Modify' | 'Remove' | 'Import' | 'Dynamic';
  readonly logicalId: string;
  readonly physicalId?: string | undefined;
  readonly type: string;
  readonly replacement?: 'True' | 'False' | 'Conditional' | undefined;
  /** What becomes of it: `Delete`, `Retain`, `Snapshot`, `ReplaceAndSnapshot` …; where AWS says it. */
  readonly policyAction?: string | undefined;
  readonly properties: readonly PropertyChange[];
}

export interface PropertyChange {
  /** `/Properties/Tags/0/Value`, or the property's name where AWS gives no path. */
  readonly path: string;
  readonly before?: string | undefined;
  readonly after?: string | undefined;
  readonly requiresRecreation?: 'Never' | 'Conditionally' | 'Always' | undefined;
}

export interface ChangeSet {
  readonly id: string;
  readonly stackId: string;
  /** `CREATE_COMPLETE` once it can be executed. */
  readonly status: string;
  readonly statusReason?: string | undefined;
  readonly changes: readonly ResourceChange[];
}

/** What a stack is to become. */
export interface StackRequest {
  readonly name: string;
  /** The template's text, at most 51,200 bytes. */
  readonly template: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly tags: Readonly<Record<string, string>>;
  /** ARN of the role that CloudFormation works as, from then on; undefined for whoever asks, or as before. */
  readonly role?: string | undefined;
}

/** What a stack is made of (ListStackResources). */
export interface StackResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
  readonly status: string;
  /** `IN_SYNC`, `MODIFIED`, `DELETED`, `NOT_CHECKED`. */
  readonly drift: string;
}

/** What of a resource is not as its template has it (DescribeStackResourceDrifts). */
export interface ResourceDrift {
  readonly logicalId: string;
  readonly type: string;
  readonly status: string;
  readonly properties: readonly {
    readonly path: string;
    readonly expected: string;
    readonly actual: string;
  }[];
}
