import type { Entry } from '../tar/entry.js';
import { type Digest, digestOf } from '../store/digest.js';
import { type LookKind, type RootTree, identityOf } from './root-tree.js';

/** The parts of the root that a step read. Its result is valid for another root if all of these are the same there. */
export interface Reads {
  /** Single reads: kind, path, and a summary of the entry. */
  readonly looks: readonly (readonly [LookKind, string, string])[];
  /** Whole trees that an exec step may have read: path and digest of the tree. */
  readonly trees: readonly (readonly [string, Digest])[];
  /** Digest of the previous entries at every path that the step wrote. */
  readonly written: Digest | undefined;
  /** The reads are unknown: the result is valid for the same root only. */
  readonly everything: boolean;
}

/** Records the reads of one step. */
export class ReadRecorder {
  readonly #root: RootTree;
  readonly #looks = new Map<string, readonly [LookKind, string, string]>();
  readonly #trees = new Map<string, Digest>();
  #everything = false;

  constructor(root: RootTree) {
    this.#root = root;
    root.listen((kind, path, seen) => {
      const key = `${kind} ${path}`;
      if (!this.#looks.has(key)) this.#looks.set(key, [kind, path, seen]);
    });
  }

  /** Records the trees that a command may read. The first record of a tree counts, as later ones include the step's own changes. */
  reads(paths: 'everything' | readonly string[]): void {
    if (paths === 'everything') this.#everything = true;
    else
      for (const path of paths)
        if (!this.#trees.has(path)) this.#trees.set(path, treeDigest(this.#root, path));
  }

  /** Ends the recording. `written` is the digest of what the step's changes replaced, for exec steps. */
  finish(written: Digest | undefined): Reads {
    this.#root.listen(undefined);
    return {
      looks: [...this.#looks.values()],
      trees: [...this.#trees],
      written,
      everything: this.#everything,
    };
  }
}

/** Whether a step with these reads would read the same from `root`. `changes` are the step's writes. */
export function readsHold(reads: Reads, root: RootTree, changes: () => readonly Entry[]): boolean {
  if (reads.everything) return false;
  return (
    reads.looks.every(([kind, path, seen]) => look(root, kind, path) === seen) &&
    reads.trees.every(([path, digest]) => treeDigest(root, path) === digest) &&
    (reads.written === undefined || replacedDigest(root, changes()) === reads.written)
  );
}

/** Describes the first of `reads` that differs in `root`; undefined if none does. For `--explain`. */
export function firstDifference(reads: Reads, root: RootTree): string | undefined {
  const looked = reads.looks.find(([kind, path, seen]) => look(root, kind, path) !== seen);
  if (looked !== undefined) return looked[1];
  return reads.trees.find(([path, digest]) => treeDigest(root, path) !== digest)?.[0];
}

/** Digest of what `changes` would replace in `root`. */
export function replacedDigest(root: RootTree, changes: readonly Entry[]): Digest {
  return digestOf(changes.map(({ path }) => `${path} ${identityOf(root.lstat(path))}`).join('\n'));
}

function look(root: RootTree, kind: LookKind, path: string): string {
  if (kind === 'readdir') return digestOf(root.readdir(path).join('/'));
  return identityOf(root[kind](path));
}

function treeDigest(root: RootTree, path: string): Digest {
  const seen: string[] = [];
  for (const entry of root.below(path)) seen.push(identityOf(entry));
  return digestOf(seen.join('\n'));
}
