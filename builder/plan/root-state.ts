import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { RootTree } from './root-tree.js';
import type { Fragment } from './fragment.js';

/** The current root file system of a build: fragments in order. The tree is built when it is first read. */
export class RootState {
  readonly #store: Store;
  readonly #epoch: number;
  readonly #fragments: Fragment[] = [];
  #digest: Digest;
  #tree: RootTree | undefined;
  /** Number of fragments in the tree. */
  #grown = 0;

  constructor(base: Fragment, context: { store: Store; epoch: number }) {
    this.#store = context.store;
    this.#epoch = context.epoch;
    this.#digest = base.digest;
    this.#fragments.push(base);
  }

  /** Digest of the whole state: the base and all fragments. */
  get digest(): Digest {
    return this.#digest;
  }

  /** The base first, then one for each step with changes. */
  get fragments(): readonly Fragment[] {
    return this.#fragments;
  }

  /** The current root. */
  get tree(): RootTree {
    const tree = (this.#tree ??= new RootTree(this.#store, this.#epoch));
    for (const fragment of this.#fragments.slice(this.#grown)) tree.apply(fragment.entries());
    this.#grown = this.#fragments.length;
    return tree;
  }

  /** Adds a step's changes; `inTree` if they were computed on the tree, which then has them already. */
  add(fragment: Fragment, inTree: boolean): void {
    if (fragment.count === 0) return;
    if (inTree && this.#grown === this.#fragments.length) this.#grown += 1;
    this.#fragments.push(fragment);
    this.#digest = digestOf(`${this.#digest}\n${fragment.digest}`);
  }
}
