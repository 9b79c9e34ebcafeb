/** How a container of an image runs, as the image and its user say. */
export interface ContainerWanted {
  readonly argv: readonly string[];
  readonly environment: Readonly<Record<string, string>>;
  /** Name or number, with `:group` where wanted; empty for root. */
  readonly user: string;
  readonly cwd: string;
  /** Folders that hold data: made where they are missing. */
  readonly volumes: readonly string[];
  /** What asks it to end: SIGTERM, SIGRTMIN+3, 15. */
  readonly stopSignal: string;
}
