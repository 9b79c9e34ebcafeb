import type { Entry } from '../tar/entry.js';
import { mergeEntries } from '../image/merge-entries.js';

/** A command that ends sooner is not worth it, milliseconds. */
const patience = 4000;
/** Between two looks, milliseconds; longer, up to the other, while little changes. */
const pause = 3000;
const longestPause = 12_000;
/** Bytes. */
const little = 100_000;

/** Reads what a long command changed while it still runs, so that little is left to read when it ends. */
export class ReadAhead {
  readonly #read: () => Promise<Entry[]>;
  readonly #onAhead: (entries: readonly Entry[]) => void;
  readonly #found: Entry[][] = [];
  #timer: NodeJS.Timeout | undefined;
  #look: Promise<void> = Promise.resolve();
  #failure: Error | undefined;
  #pause = pause;

  /** @param read gives what changed since it was called last */
  constructor(read: () => Promise<Entry[]>, onAhead: (entries: readonly Entry[]) => void) {
    this.#read = read;
    this.#onAhead = onAhead;
    this.#schedule(patience);
  }

  /** What was found, the latest last. */
  get found(): readonly (readonly Entry[])[] {
    if (this.#failure !== undefined) throw this.#failure;
    return this.#found;
  }

  /** Ends the looking. */
  async stop(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    await this.#look;
  }

  #schedule(delay: number): void {
    this.#timer = setTimeout(() => {
      this.#look = this.#lookOnce();
    }, delay);
  }

  async #lookOnce(): Promise<void> {
    try {
      const found = await this.#read();
      this.#found.push(found);
      this.#onAhead(mergeEntries(this.#found));
      const bytes = found.reduce((sum, { content }) => sum + (content?.slice.size ?? 0), 0);
      this.#pause = bytes < little ? Math.min(2 * this.#pause, longestPause) : pause;
      if (this.#timer !== undefined) this.#schedule(this.#pause);
    } catch (error) {
      this.#failure = error as Error;
    }
  }
}
