import { setTimeout as wait } from 'node:timers/promises';

/** Tells the time and lets it pass: handed in where a test must not wait. */
export interface Clock {
  /** Milliseconds that only go up, from wherever. */
  now(): number;
  sleep(ms: number): Promise<void>;
}

/** The time of this machine. */
export const systemClock: Clock = {
  now: () => performance.now(),
  sleep: (ms) => wait(ms),
};
