import { type Digest, digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { RootTree } from './root-tree.js';
import type { Fragment } from './fragment.js';

/** The root file system as far as the build has come: fragments in order. The tree is made only when somebody looks. */
export class RootState {
  readonly #store: Store;
  readonly #epoch: number;
  readonly #fragments: Fragment[] = [];
  #digest: Digest;
  #tree: RootTree | undefined;
  /** How many fragments are in the tree. */
  #grown = 0;

  constructor(base: Fragment, context: { store: Store; epoch: number }) {
    this.#store = context.store;
    this.#epoch = context.epoch;
    this.#digest = base.digest;
    this.#fragments.push(base);
  }

  /** Digest of the whole state: of the base and of every fragment since. */
  get digest(): Digest {
    return this.#digest;
  }

  /** The base first, then one per step that changed something. */
  get fragments(): readonly Fragment[] {
    return this.#fragments;
  }

  /** The root as it stands. */
  get tree(): RootTree {
    const tree = (this.#tree ??= new RootTree(this.#store, this.#epoch));
    for (const fragment of this.#fragments.slice(this.#grown)) tree.apply(fragment.entries());
    this.#grown = this.#fragments.length;
    return tree;
  }

  /** Adds what a step changed; `inTree` when it was computed on the tree and so is there already. */
  add(fragment: Fragment, inTree: boolean): void {
    if (fragment.count === 0) return;
    if (inTree && this.#grown === this.#fragments.length) this.#grown += 1;
    this.#fragments.push(fragment);
    this.#digest = digestOf(`${this.#digest}\n${fragment.digest}`);
  }
}
