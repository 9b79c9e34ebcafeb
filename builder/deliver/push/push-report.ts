export interface PushReport {
  readonly registry: string;
  /** Numbers of blobs. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly existing: number;
  readonly bytes: number;
}
