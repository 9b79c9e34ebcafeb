export interface PushReport {
  readonly registry: string;
  /** Counts of blobs. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly existing: number;
  readonly bytes: number;
}
