import { setTimeout as sleepFor } from 'node:timers/promises';
import { BuilderError } from '../../errors.js';
import { RegistryError } from '../registry-error.js';

/** How often to try, and how long to wait in between. */
export interface Pace {
  readonly attempts: number;
  readonly waitMs: number;
  readonly longestWaitMs: number;
  readonly signal?: AbortSignal | undefined;
  readonly sleep: (ms: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random: () => number;
}

/** Timeouts by silence are repeated only until there are so many. */
export const mostStalls = 2;

/**
 * Tries until it succeeds, fails for good, or has failed `attempts` times. Waits between tries as long as the registry asks, or
 * else twice as long each time, half of it random so that many clients don't come back at once.
 */
export async function withRetries<T>(pace: Pace, attempt: (count: number) => Promise<T>): Promise<T> {
  for (let count = 1, stalls = 0; ; count += 1) {
    throwIfAborted(pace.signal);
    try {
      return await attempt(count);
    } catch (error) {
      throwIfAborted(pace.signal);
      if (!(error instanceof RegistryError) || !error.temporary || error.exhausted) throw error;
      const wait = error.retryAfterMs ?? growing(pace, count);
      if (error.retryAfterMs !== undefined && wait > pace.longestWaitMs)
        throw error.with(`${error.message}, and asks to wait ${Math.ceil(wait / 1000)} s`, {
          temporary: false,
        });
      if (error.stalled) stalls += 1;
      if (count >= pace.attempts || stalls >= mostStalls)
        throw pace.attempts > 1 ? error.with(`${error.message}, ${count} times`, { exhausted: true }) : error;
      if (wait > 0) await pace.sleep(wait, pace.signal);
    }
  }
}

/** Throws if the user stopped the program. */
export function throwIfAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted === true) throw interrupted(signal);
}

/** The error for an aborted signal; its reason if that is a BuilderError. */
export function interrupted(signal: AbortSignal): BuilderError {
  return signal.reason instanceof BuilderError
    ? signal.reason
    : new BuilderError('Interrupted', { code: 'interrupted' });
}

/** Sleeps; an abort ends it at once. */
export async function sleepUnlessAborted(ms: number, signal: AbortSignal | undefined): Promise<void> {
  try {
    await sleepFor(ms, undefined, { ...(signal !== undefined && { signal }) });
  } catch {
    throwIfAborted(signal);
  }
}

function growing({ waitMs, longestWaitMs, random }: Pace, count: number): number {
  const whole = Math.min(longestWaitMs, waitMs * 2 ** (count - 1));
  return whole / 2 + (whole / 2) * random();
}
