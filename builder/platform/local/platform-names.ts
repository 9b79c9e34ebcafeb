/** Labels of everything that belongs to a local platform: they are its state. */
export const labels = {
  /** The environment's name. */
  environment: 'platen.environment',
  /** Which part of it: "database", "wordpress". */
  part: 'platen.part',
  /** What the part was made of, as JSON. */
  definition: 'platen.definition',
  /** Of a task: its id, and the deployment's number. */
  task: 'platen.task',
  revision: 'platen.revision',
  /** The name of a container in its task. */
  container: 'platen.container',
  /** Its address on the environment's network, which it has also after a restart. */
  address: 'platen.address',
  /** Of a one-off: the process that waits for it. */
  owner: 'platen.owner',
} as const;

/** The part that stands for work on the environment. */
export const lockPart = 'lock';

/** The part of a volume that says that a restore was begun, and is not done. */
export const restorePart = 'restore';

/** Parts of volumes without contents, whose labels tell something. */
export const noteParts: readonly string[] = ['deployment', restorePart];

/** What things are called in Docker, by environment. */
export class PlatformNames {
  readonly environment: string;

  constructor(environment: string) {
    this.environment = environment;
  }

  get network(): string {
    return `platen-${this.environment}`;
  }

  /** Of a container, a task or a volume. */
  of(part: string): string {
    return `platen-${this.environment}-${part}`;
  }

  /** The labels of a part. */
  labels(part: string): Record<string, string> {
    return { [labels.environment]: this.environment, [labels.part]: part };
  }

  /** What finds everything of the environment. */
  get all(): Record<string, string> {
    return { [labels.environment]: this.environment };
  }
}

/** An environment's network, addresses by last number: the first is the engine's own. */
export function addressIn(subnet: string, number: number): string {
  const [base = ''] = subnet.split('/');
  const parts = base.split('.');
  // The engine's networks have 16 to 24 bits: the last number is free in all of them.
  return [...parts.slice(0, 3), String(number)].join('.');
}
