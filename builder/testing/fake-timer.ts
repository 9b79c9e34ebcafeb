import { setImmediate } from 'node:timers/promises';
import type { Timer } from '../system/timer.js';

interface Waiting {
  readonly due: number;
  readonly action: () => void;
}

/** A timer with a clock that the test advances. */
export class FakeTimer implements Timer {
  #now = 0;
  #waiting: Waiting[] = [];

  /** Remaining milliseconds of running timers, the next first. */
  get pending(): number[] {
    return this.#waiting.map(({ due }) => due - this.#now).sort((a, b) => a - b);
  }

  after(ms: number, action: () => void): () => void {
    const waiting = { due: this.#now + ms, action };
    this.#waiting.push(waiting);
    return () => {
      this.#waiting = this.#waiting.filter((one) => one !== waiting);
    };
  }

  /** Advances time, and waits for the work that this starts. */
  async advance(ms: number): Promise<void> {
    const end = this.#now + ms;
    for (let next = this.#next(end); next !== undefined; next = this.#next(end)) {
      this.#now = next.due;
      this.#waiting = this.#waiting.filter((one) => one !== next);
      next.action();
      await settle();
    }
    this.#now = end;
    await settle();
  }

  #next(end: number): Waiting | undefined {
    const due = this.#waiting.filter((one) => one.due <= end);
    return due.sort((a, b) => a.due - b.due)[0];
  }
}

/** Work such as streams takes several turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await setImmediate();
}
