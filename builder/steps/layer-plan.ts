import type { NamedLayer } from '../image/assemble-image.js';
import { CompressAhead } from '../image/compression/compress-ahead.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from '../image/merge-entries.js';
import { type Compression, findLayer, layerKey, writeLayer } from '../image/write-layer.js';
import type { Fragment } from '../plan/fragment.js';
import type { Step } from '../plan/step.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';

/** A step that adds more bytes than this closes its layer, so that small changes never share a layer with large ones. */
const dear = 1_000_000;

/** A layer, and whether it was in the store. */
export type CachedLayer = NamedLayer & { readonly cached: boolean };

interface Group {
  readonly owner: string;
  readonly name: string;
  readonly fragments: Fragment[];
  bytes: number;
  layer?: Promise<CachedLayer>;
}

/**
 * Collects the changes of steps into layers: one per role, or per group of roles in the spec. Compresses a layer in the
 * background as soon as it is final.
 */
export class LayerPlan {
  readonly #groups: Group[] = [];
  readonly #owners: ReadonlyMap<string, string>;
  readonly #compression: Compression;
  readonly #store: Store;
  readonly #ahead: CompressAhead;

  constructor(spec: ImageSpec, store: Store) {
    this.#ahead = new CompressAhead(store, spec.compression.level);
    this.#owners = new Map(
      spec.layers.flatMap(({ name, roles }) => roles.map((role) => [role, name] as const)),
    );
    this.#compression = spec.compression;
    this.#store = store;
  }

  add(step: Step, fragment: Fragment): void {
    if (fragment.count === 0) return;
    const owner = this.#owners.get(step.role ?? '') ?? step.role ?? 'playbook';
    let group = this.#groups.at(-1);
    if (
      group === undefined ||
      group.owner !== owner ||
      group.bytes > dear ||
      (fragment.bytes > dear && group.bytes > 0)
    ) {
      this.#close(group);
      group = { owner, name: this.#nameFor(owner), fragments: [], bytes: 0 };
      this.#groups.push(group);
    }
    group.fragments.push(fragment);
    group.bytes += fragment.bytes;
    if (group.bytes > dear) this.#close(group);
  }

  /** Starts to compress the changes so far of a running step. */
  prepare(entries: readonly Entry[]): void {
    // Ignore errors here: writing the layer fails in the same way, and `finish` reports it.
    this.#ahead.look(entries).catch(() => undefined);
  }

  /** All layers, lowest first. */
  async finish(): Promise<CachedLayer[]> {
    this.#close(this.#groups.at(-1));
    return Promise.all(this.#groups.flatMap(({ layer }) => layer ?? []));
  }

  #nameFor(owner: string): string {
    const count = this.#groups.filter((group) => group.owner === owner).length;
    return count === 0 ? owner : `${owner} (${count + 1})`;
  }

  #close(group: Group | undefined): void {
    if (group === undefined || group.layer !== undefined) return;
    group.layer = this.#write(group);
    // `finish` reports a failure; without this handler it would be an unhandled rejection.
    group.layer.catch(() => undefined);
  }

  async #write({ name, fragments }: Group): Promise<CachedLayer> {
    const compression = this.#compression;
    const key = layerKey(
      fragments.map(({ digest }) => digest),
      compression,
    );
    const found = findLayer(key, this.#store);
    if (found !== undefined) return { ...found, name, cached: true };
    const entries = mergeEntries(fragments.map((fragment) => fragment.entries()));
    this.#ahead.stop();
    return {
      ...(await writeLayer(entries, this.#store, { key, compression, ahead: this.#ahead })),
      name,
      cached: false,
    };
  }
}
