/** What happens while an image is built, pulled or delivered. */
export type BuildEvent =
  /** The base ("debian trixie") is made or looked up. */
  | { readonly kind: 'base-started'; readonly name: string }
  | { readonly kind: 'base-done'; readonly name: string; readonly cached: boolean; readonly ms: number }
  | { readonly kind: 'step-started'; readonly name: string }
  /** A piece of what the running step's command prints. */
  | { readonly kind: 'step-output'; readonly text: string }
  | StepDone
  | { readonly kind: 'smoke-started'; readonly name: string }
  | { readonly kind: 'smoke-done'; readonly name: string; readonly passed: boolean; readonly ms: number }
  /** Docker has the image under these tags. */
  | { readonly kind: 'loaded'; readonly tags: readonly string[]; readonly ms: number }
  /** An OCI layout or archive is written. */
  | { readonly kind: 'written'; readonly path: string; readonly ms: number };

/** The outcome of a step. A cached step may have no `step-started` before it. */
export interface StepDone {
  readonly kind: 'step-done';
  readonly name: string;
  readonly cached: boolean;
  readonly ms: number;
  readonly changed: boolean;
  /** The step failed; the error that ends the build follows, unless the playbook rescues or ignores it. */
  readonly failed?: boolean | undefined;
  /** Files that its commands left, and the image omits. */
  readonly leftOut?: readonly LeftOut[] | undefined;
  /** Why it ran: the input that changed (`--explain`). */
  readonly reason?: string | undefined;
}

/** A path that a command left, and the layer omits. */
export interface LeftOut {
  readonly path: string;
  /** Its kind, in a word or two: "package lists". */
  readonly what: string;
}
