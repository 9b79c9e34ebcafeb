import { posix } from 'node:path';
import type { Entry } from '../tar/entry.js';

/** Entries by path during a merge of layers; finds entries below a path, and hardlinks to a file. */
export class MergingTree {
  readonly #entries = new Map<string, Entry>();
  /** Paths by their parent's path, also for folders without an entry. */
  readonly #below = new Map<string, Set<string>>();
  /** Hardlinks by their targets. */
  readonly #links = new Map<string, Set<string>>();

  entries(): Entry[] {
    return [...this.#entries.values()];
  }

  /** Applies an entry of the next layer. */
  add(entry: Entry): void {
    const before = this.#entries.get(entry.path);
    if (entry.type !== 'directory' || entry.opaque === true) this.#removeBelow(entry.path, before);
    if (before !== undefined) this.#remove([before]);
    const remade = entry.type === 'directory' && (before?.type === 'whiteout' || before?.opaque === true);
    this.#set(remade ? { ...entry, opaque: true } : entry);
  }

  /** Removes what was below a path, unless that path was a file, which had nothing below it. */
  #removeBelow(path: string, before: Entry | undefined): void {
    const gone: Entry[] = [];
    const collect = (folder: string): void => {
      for (const child of this.#below.get(folder) ?? []) {
        const entry = this.#entries.get(child);
        if (entry !== undefined) gone.push(entry);
        collect(child);
      }
      this.#below.delete(folder);
    };
    if (before === undefined || before.type === 'directory') collect(path);
    this.#remove(gone);
  }

  /** If a removed file has hardlinks, the first remaining one becomes the file. */
  #remove(gone: readonly Entry[]): void {
    for (const entry of gone) {
      this.#entries.delete(entry.path);
      if (entry.type === 'hardlink') this.#links.get(entry.target as string)?.delete(entry.path);
    }
    for (const entry of gone) {
      const links = this.#links.get(entry.path);
      this.#links.delete(entry.path);
      const [heir, ...others] = links ?? [];
      if (heir === undefined) continue;
      this.#set({ ...entry, path: heir });
      for (const path of others) this.#set({ ...(this.#entries.get(path) as Entry), target: heir });
    }
  }

  #set(entry: Entry): void {
    const { path, type, target } = entry;
    this.#entries.set(path, entry);
    if (type === 'hardlink' && target !== undefined) add(this.#links, target, path);
    for (let child = path; child !== '/'; child = posix.dirname(child))
      if (!add(this.#below, posix.dirname(child), child)) break;
  }
}

/** Whether the value is new. */
function add(sets: Map<string, Set<string>>, key: string, value: string): boolean {
  const set = sets.get(key);
  if (set === undefined) sets.set(key, new Set([value]));
  else if (set.has(value)) return false;
  else set.add(value);
  return true;
}
