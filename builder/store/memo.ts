import type { RecordKind } from './record-kind.js';
import type { Store } from './store.js';

/** Entries by key; only the code that keeps an entry knows its type. */
const memos: RecordKind<object> = {
  name: 'memo',
  parse: (value) => (isObject(value) ? value : undefined),
};

/**
 * Cached results of pure functions, such as parsing a file. An entry's key contains the digest of all inputs of the
 * computation, so an entry never becomes wrong.
 */
export interface Memo {
  /** The entry, parsed from JSON; undefined if there is none. */
  find(key: string): unknown;
  keep(key: string, value: unknown): void;
}

/** Keeps nothing. */
export const noMemo: Memo = { find: () => undefined, keep: () => {} };

/** Holds entries back until `flush`. */
export class WaitingMemo implements Memo {
  readonly #inner: Memo;
  readonly #waiting = new Map<string, unknown>();

  constructor(inner: Memo) {
    this.#inner = inner;
  }

  find(key: string): unknown {
    return this.#waiting.get(key) ?? this.#inner.find(key);
  }

  keep(key: string, value: unknown): void {
    this.#waiting.set(key, value);
  }

  flush(): void {
    for (const [key, value] of this.#waiting) this.#inner.keep(key, value);
    this.#waiting.clear();
  }
}

/** A memo in one record of the store, which is read once. Entries that a build did not use are dropped. */
export class StoredMemo implements Memo {
  readonly #store: Store;
  readonly #key: string;
  readonly #before: ReadonlyMap<string, unknown>;
  readonly #used = new Map<string, unknown>();
  #grown = false;

  constructor(store: Store, key: string) {
    this.#store = store;
    this.#key = key;
    this.#before = new Map(Object.entries(store.record(memos, key) ?? {}));
  }

  find(key: string): unknown {
    const used = this.#used.get(key);
    if (used !== undefined) return used;
    const value = this.#before.get(key);
    if (value !== undefined) this.#used.set(key, value);
    return value;
  }

  keep(key: string, value: unknown): void {
    this.#used.set(key, value);
    this.#grown = true;
  }

  /** Writes the record again if entries were added. */
  save(): void {
    if (this.#grown) this.#store.setRecord(memos, this.#key, Object.fromEntries(this.#used));
    this.#grown = false;
  }
}

function isObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
