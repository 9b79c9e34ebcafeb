import type { Readable } from 'node:stream';
import type { Store } from '../store/store.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from './merge-entries.js';
import { readLayer } from './read-layer.js';

/**
 * Stacks layers, lowest first, and returns the resulting root without whiteouts (OCI image specification, layer.md, "Applying
 * Changesets"). Stores the layers' tars.
 * @throws BuilderError for something other than a tar, and errors of reading a layer
 */
export async function flattenLayers(layers: readonly { open(): Readable }[], store: Store): Promise<Entry[]> {
  const fragments: Entry[][] = [];
  for (const layer of layers) fragments.push((await readLayer(layer.open(), store)).entries);
  return mergeEntries(fragments)
    .filter(({ type }) => type !== 'whiteout')
    .map(({ opaque: _opaque, ...entry }) => entry);
}
