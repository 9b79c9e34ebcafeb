import type { Memo } from '../store/memo.js';

/** A memo in memory, with values that survive JSON. */
export class MemoryMemo implements Memo {
  readonly entries = new Map<string, string>();

  find(key: string): unknown {
    const text = this.entries.get(key);
    return text === undefined ? undefined : JSON.parse(text);
  }

  keep(key: string, value: unknown): void {
    this.entries.set(key, JSON.stringify(value));
  }
}
