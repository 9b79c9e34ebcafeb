import type { Readable } from 'node:stream';

/** A layer as an engine takes it: by diffID, and its uncompressed tar when asked for. */
export interface EngineLayer {
  /** Digest of the uncompressed tar. */
  readonly diffId: string;
  /** Size of the uncompressed tar, bytes. */
  readonly size: number;
  open(): Readable;
}

/** A command in a session. */
export interface EngineCommand {
  readonly argv: readonly string[];
  /** The whole environment: nothing is inherited. */
  readonly environment: Readonly<Record<string, string>>;
  readonly user: string;
  readonly cwd: string;
  readonly stdin?: Buffer | undefined;
  readonly network?: 'host' | 'none' | undefined;
  /** Ends the command, and says so by `timedOut`. */
  readonly timeoutSeconds?: number | undefined;
  /** Called with output as it comes, for the live line. */
  onOutput?(text: string): void;
}

export interface EngineResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly timedOut: boolean;
}

/** Selects which of a session's changes to read. */
export interface ChangesWanted {
  /** While a command runs: leave changes of the last so many seconds for a later call. */
  readonly settledSeconds?: number | undefined;
  /** Tells whether a changed absolute path, which is not a directory, is unwanted: then it is not read. */
  unwanted?(path: string): boolean;
}

/** A root file system that commands run in; ends with the builder's process, however that ends. */
export interface Session {
  /**
   * Extracts a tar over the root (owners and modes as in the tar), after removing `removed`, and what are directories among
   * `files`: all paths in the tar that are none. Paths are absolute. A directory that is there and in the tar keeps what it holds.
   */
  apply(archive: Readable, removed: readonly string[], files: readonly string[]): Promise<void>;
  exec(command: EngineCommand): Promise<EngineResult>;
  /**
   * What changed since the session began or since the last call, whichever is later, as one tar in OCI layer form
   * (whiteouts as `.wh.` files), without the engine's own traces (`/.dockerenv`, mount points, `/etc/resolv.conf` …).
   * Changes made by `apply` do not count. May be called while a command runs, then with `settledSeconds`: what goes while
   * it is read is no error.
   */
  changes(wanted?: ChangesWanted): Promise<Readable>;
  /** A shell on the user's terminal, for `--on-error shell`. */
  shell(): Promise<void>;
  close(): Promise<void>;
}

/** An engine that runs exec steps. */
export interface Engine {
  readonly name: 'docker' | 'sandbox';
  /** Makes layers ready, so that `open` has less to do; engines without it have nothing to make ready. */
  prepare?(layers: readonly EngineLayer[]): Promise<void>;
  /** Opens a root over these layers, lowest first. @throws BuilderError `unavailable` where the engine does not answer */
  open(
    layers: readonly EngineLayer[],
    options: { readonly platform: string; readonly signal?: AbortSignal | undefined },
  ): Promise<Session>;
}
