/** The result of a check: a state, and a remedy if it is not ok. */
export interface Finding {
  readonly name: string;
  /** `other`: missing, but builds don't need it: another engine does the work, or only other commands need it. */
  readonly state: 'ok' | 'missing' | 'other';
  readonly detail: string;
  readonly remedy?: string;
  /** Further problems of the same thing. */
  readonly more?: readonly { readonly detail: string; readonly remedy: string }[];
}
