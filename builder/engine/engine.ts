import type { Readable } from 'node:stream';

/** A layer for an engine: its diffID, and its uncompressed tar on demand. */
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
  /** Time limit; after it the command is ended, with `timedOut` set. */
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
  /** While a command runs: omit changes of the last so many seconds, which a later call returns. */
  readonly settledSeconds?: number | undefined;
  /** Whether to skip a changed absolute path, other than a directory. */
  unwanted?(path: string): boolean;
}

/** A root file system for commands; ends with the builder's process, even if that is killed. */
export interface Session {
  /**
   * First removes `removed`, and directories among `files` (all paths in the tar except directories). Then extracts the tar
   * over the root, with its owners and modes. Paths are absolute. A directory in both keeps its contents.
   */
  apply(archive: Readable, removed: readonly string[], files: readonly string[]): Promise<void>;
  exec(command: EngineCommand): Promise<EngineResult>;
  /**
   * The changes since the session began or since the last call, as one tar in OCI layer form (whiteouts as `.wh.` files),
   * without the engine's own traces (`/.dockerenv`, mount points, `/etc/resolv.conf` …) and without changes made by `apply`.
   * With `settledSeconds` it may be called while a command runs: files may then disappear while they are read.
   */
  changes(wanted?: ChangesWanted): Promise<Readable>;
  /** A shell on the user's terminal, for `--on-error shell`. */
  shell(): Promise<void>;
  close(): Promise<void>;
}

/** An engine that runs exec steps. */
export interface Engine {
  readonly name: 'docker' | 'sandbox';
  /** Prepares layers, so that `open` has less to do; missing if the engine needs no preparation. */
  prepare?(layers: readonly EngineLayer[]): Promise<void>;
  /** Opens a root over these layers, lowest first. @throws BuilderError `unavailable` if the engine does not answer */
  open(
    layers: readonly EngineLayer[],
    options: { readonly platform: string; readonly signal?: AbortSignal | undefined },
  ): Promise<Session>;
}
