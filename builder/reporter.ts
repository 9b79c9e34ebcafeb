/** What became of a step, as `Reporter.stepDone` takes it. */
export interface StepEvent {
  readonly name: string;
  readonly kind: 'file' | 'exec' | 'control';
  readonly cached: boolean;
  readonly ms: number;
  readonly changed: boolean;
  readonly skipped: boolean;
  /** It failed; the error that ends the build follows, unless the playbook rescues or ignores it. */
  readonly failed?: boolean | undefined;
  /** Why it ran: the input that changed (`--explain`). */
  readonly reason?: string | undefined;
}

/** What a push sends, blob by blob. */
export interface PushProgress {
  /** The layer's, or what else it is called. */
  readonly name: string;
  readonly digest: string;
  /** Bytes, of the whole blob and of what was sent. */
  readonly size: number;
  readonly done: number;
  readonly state: 'uploading' | 'uploaded' | 'mounted' | 'existing';
}

export interface PushDone {
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
export interface ScanFindingEvent {
  readonly name: string;
  readonly severity: string;
  readonly package?: string | undefined;
  readonly version?: string | undefined;
  readonly fixedIn?: string | undefined;
}

/**
 * Tells the user what happens, while it happens. Everything goes to one stream that is not the result's.
 * Calls come in order: `stepStarted`, any number of `stepOutput`, `stepDone`; a step from the cache may give `stepDone` alone.
 */
export interface Reporter {
  /** The base is made ("debian trixie") or looked up. */
  baseStarted(event: { readonly name: string }): void;
  baseDone(event: { readonly name: string; readonly cached: boolean; readonly ms: number }): void;
  stepStarted(event: { readonly name: string; readonly kind: StepEvent['kind'] }): void;
  /** A piece of what the running step's command prints. */
  stepOutput(text: string): void;
  stepDone(event: StepEvent): void;
  /** A layer has its compressed blob; `size` is the blob's, in bytes. */
  layerDone(event: {
    readonly name: string;
    readonly size: number;
    readonly cached: boolean;
    readonly ms: number;
  }): void;
  smokeStarted(event: { readonly name: string }): void;
  smokeDone(event: { readonly name: string; readonly passed: boolean; readonly ms: number }): void;
  /** The image is in the engine under these tags. */
  loaded(event: { readonly tags: readonly string[]; readonly ms: number }): void;
  /** An OCI layout or archive is written. */
  written(event: { readonly path: string; readonly ms: number }): void;
  /** An image goes to its registry, under these names (all of one repository). */
  pushStarted(event: { readonly names: readonly string[] }): void;
  /** A blob is on its way; `state` is the last one where it is not `uploading`. */
  pushProgress(event: PushProgress): void;
  pushDone(event: PushDone): void;
  /** The registry's scan of a pushed image is awaited. */
  scanStarted(event: { readonly repository: string }): void;
  /** The worst first. */
  scanDone(event: { readonly findings: readonly ScanFindingEvent[]; readonly ms: number }): void;
  /** What the playbook says to the user (the `debug` module), or a note of the builder's. */
  message(text: string): void;
  /** Nothing is wrong yet, but the user should know. */
  warning(text: string): void;
}

function nothing(): void {}

/** Says nothing at all: for `--quiet` and for tests. */
export const silentReporter: Reporter = {
  baseStarted: nothing,
  baseDone: nothing,
  stepStarted: nothing,
  stepOutput: nothing,
  stepDone: nothing,
  layerDone: nothing,
  smokeStarted: nothing,
  smokeDone: nothing,
  loaded: nothing,
  written: nothing,
  pushStarted: nothing,
  pushProgress: nothing,
  pushDone: nothing,
  scanStarted: nothing,
  scanDone: nothing,
  message: nothing,
  warning: nothing,
};
