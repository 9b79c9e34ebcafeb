import type { RawPath, RootListing } from '../root-listing.js';

/** The combined contents of read-only layers, as `find` listed them when each was unpacked. */
export class LowerListing {
  readonly #types = new Map<RawPath, string>();
  #sorted: readonly RawPath[] | undefined;

  /** @param layers lowest first */
  constructor(layers: readonly RootListing[]) {
    for (const layer of layers)
      for (const [path, { type }] of layer) {
        if (type !== 'd' && this.isDirectory(path)) this.#removeBelow(path);
        this.#types.set(path, type);
      }
  }

  has(path: RawPath): boolean {
    return this.#types.has(path);
  }

  isDirectory(path: RawPath): boolean {
    return this.#types.get(path) === 'd';
  }

  /** All paths below a directory, without itself. */
  *below(path: RawPath): Generator<RawPath> {
    const sorted = (this.#sorted ??= [...this.#types.keys()].sort());
    const prefix = `${path}/`;
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((sorted[middle] ?? '') < prefix) low = middle + 1;
      else high = middle;
    }
    for (let at = low; sorted[at]?.startsWith(prefix); at += 1) yield sorted[at] ?? '';
  }

  /** The paths in a directory. */
  *children(path: RawPath): Generator<RawPath> {
    for (const below of this.below(path)) if (!below.includes('/', path.length + 1)) yield below;
  }

  #removeBelow(path: RawPath): void {
    for (const below of this.#types.keys()) if (below.startsWith(`${path}/`)) this.#types.delete(below);
  }
}
