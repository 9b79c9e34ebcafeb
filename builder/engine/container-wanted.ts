/** How to run a container, from the image's configuration and the user's options. */
export interface ContainerWanted {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Name or number, optionally with `:group`; empty for root. */
  readonly user: string;
  readonly cwd: string;
  /** Folders for data, created if they are missing. */
  readonly volumes: readonly string[];
  /** Signal that asks it to end: SIGTERM, SIGRTMIN+3, 15. */
  readonly stopSignal: string;
}
