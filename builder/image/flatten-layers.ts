import type { Readable } from 'node:stream';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from './merge-entries.js';
import { readLayer } from './read-layer.js';

/**
 * The root file system that layers give when they are stacked, lowest first: their tars go into the store, whiteouts
 * have done their work and are not in it (OCI image specification, layer.md, "Applying Changesets").
 * @throws BuilderError for what is no tar, and what reading a layer throws
 */
export async function flattenLayers(layers: readonly { open(): Readable }[], store: Store): Promise<Entry[]> {
  const fragments: Entry[][] = [];
  for (const layer of layers) fragments.push((await readLayer(layer.open(), store)).entries);
  return mergeEntries(fragments)
    .filter(({ type }) => type !== 'whiteout')
    .map(({ opaque: _opaque, ...entry }) => entry);
}
