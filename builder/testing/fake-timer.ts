import { setImmediate } from 'node:timers/promises';
import type { Timer } from '../system/timer.js';

interface Waiting {
  readonly due: number;
  readonly action: () => void;
}

/** A timer whose time moves only when it is told to. */
export class FakeTimer implements Timer {
  #now = 0;
  #waiting: Waiting[] = [];

  /** When the timers that are running will go off, milliseconds from now, the next first. */
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

  /** Lets time pass, and lets what was started by it come as far as it can without more time. */
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

/** Some work, as of streams, takes several turns of the event loop. */
async function settle(): Promise<void> {
  for (let turn = 0; turn < 50; turn += 1) await setImmediate();
}
