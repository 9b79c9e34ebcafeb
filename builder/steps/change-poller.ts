import type { Entry } from '../tar/entry.js';
import { mergeEntries } from '../image/merge-entries.js';
import type { Timer } from '../system/timer.js';

/** Commands shorter than this are not polled, milliseconds. */
const patience = 4000;
/** Time between two polls, milliseconds; grows up to `longestPause` while little changes. */
const pause = 3000;
const longestPause = 12_000;
/** Bytes. */
const little = 100_000;

interface Polling {
  /** Returns the changes since the last call. */
  read(): Promise<Entry[]>;
  /** Called with all changes since the command began. */
  onChanges(entries: readonly Entry[]): void;
  readonly timer: Timer;
}

/** Reads the changes of a long command while it still runs, so that little is left to read when it ends. */
export class ChangePoller {
  readonly #with: Polling;
  readonly #found: Entry[][] = [];
  #cancel: (() => void) | undefined;
  #look: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #pause = pause;

  constructor(polling: Polling) {
    this.#with = polling;
    this.#schedule(patience);
  }

  /** The changes found, the latest last. @throws the error of a poll */
  get found(): readonly (readonly Entry[])[] {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#found;
  }

  /** Stops polling, and waits for a running poll. */
  async stop(): Promise<void> {
    this.#cancel?.();
    this.#cancel = undefined;
    await this.#look;
  }

  #schedule(delay: number): void {
    this.#cancel = this.#with.timer.after(delay, () => {
      this.#look = this.#lookOnce();
    });
  }

  async #lookOnce(): Promise<void> {
    try {
      const found = await this.#with.read();
      this.#found.push(found);
      this.#with.onChanges(mergeEntries(this.#found));
      const bytes = found.reduce((sum, { content }) => sum + (content?.slice.size ?? 0), 0);
      this.#pause = bytes < little ? Math.min(2 * this.#pause, longestPause) : pause;
      if (this.#cancel !== undefined) this.#schedule(this.#pause);
    } catch (error) {
      this.#failure = error as Error;
    }
  }
}
