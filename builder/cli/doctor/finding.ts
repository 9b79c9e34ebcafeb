/** What a check found: how it stands, and what to do where it does not stand well. */
export interface Finding {
  readonly name: string;
  /** `other`: missing, and builds do without: what stands before it does the work, or only other commands need it. */
  readonly state: 'ok' | 'missing' | 'other';
  readonly detail: string;
  readonly remedy?: string;
  /** What else is missing of it. */
  readonly more?: readonly { readonly detail: string; readonly remedy: string }[];
}
