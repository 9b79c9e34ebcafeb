/** What happens while an image goes to its registry. */
export type PushEvent =
  /** The push begins, under these names (all of one repository). */
  | { readonly kind: 'push-started'; readonly names: readonly string[] }
  | PushProgress
  | PushDone
  /** The push waits for the registry's scan of the image. */
  | { readonly kind: 'scan-started'; readonly repository: string }
  /** The worst finding comes first. */
  | { readonly kind: 'scan-done'; readonly findings: readonly Finding[]; readonly ms: number };

/** Progress of a blob. Its last state is another than `uploading`. */
export interface PushProgress {
  readonly kind: 'push-progress';
  /** The layer's name, or another name of the blob. */
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
  /** Numbers of blobs. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly existing: number;
  /** Of the uploaded blobs. */
  readonly bytes: number;
  readonly ms: number;
}

/** A vulnerability found by a scan. */
interface Finding {
  readonly name: string;
  readonly severity: string;
  readonly package?: string | undefined;
  readonly version?: string | undefined;
  readonly fixedIn?: string | undefined;
}
