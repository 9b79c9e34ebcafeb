/** What happens while an image goes to its registry. */
export type PushEvent =
  /** The push begins, under these names (all of one repository). */
  | { readonly kind: 'push-started'; readonly names: readonly string[] }
  | PushProgress
  | PushDone
  /** The registry's scan of a pushed image is awaited. */
  | { readonly kind: 'scan-started'; readonly repository: string }
  /** The worst finding comes first. */
  | { readonly kind: 'scan-done'; readonly findings: readonly Finding[]; readonly ms: number };

/** How far one blob is. A blob ends with a state other than `uploading`. */
export interface PushProgress {
  readonly kind: 'push-progress';
  /** The layer's name, or what else the blob is called. */
  readonly name: string;
  readonly digest: string;
  /** Bytes of the whole blob. */
  readonly size: number;
  /** Bytes sent so far. */
  readonly done: number;
  readonly state: 'uploading' | 'uploaded' | 'mounted' | 'existing';
}

export interface PushDone {
  readonly kind: 'push-done';
  readonly names: readonly string[];
  readonly digest: string;
  /** Counts of blobs. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly existing: number;
  /** Of the uploaded blobs. */
  readonly bytes: number;
  readonly ms: number;
}

/** A weakness that a scan knows of. */
interface Finding {
  readonly name: string;
  readonly severity: string;
  readonly package?: string | undefined;
  readonly version?: string | undefined;
  readonly fixedIn?: string | undefined;
}
