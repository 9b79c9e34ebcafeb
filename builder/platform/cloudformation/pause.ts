import { setTimeout as sleep } from 'node:timers/promises';

/** What waits between two looks at AWS, and ends with the run. */
export interface Pausing {
  readonly signal: AbortSignal;
  /** Waits that many milliseconds; for tests. @default a timer */
  readonly wait?: ((ms: number, signal: AbortSignal) => Promise<unknown>) | undefined;
}

/** Lets milliseconds pass. @throws Error where the run is interrupted */
export async function pause({ signal, wait }: Pausing, ms: number): Promise<void> {
  await (wait === undefined ? sleep(ms, undefined, { signal }) : wait(ms, signal));
}
