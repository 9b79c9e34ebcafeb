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
  message: nothing,
  warning: nothing,
};
