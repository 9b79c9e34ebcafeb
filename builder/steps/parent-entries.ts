import { posix } from 'node:path';
import type { Entry } from '../tar/entry.js';
import type { RootTree } from '../plan/root-tree.js';

/**
 * Returns the current parent folders of a step's changes that the changes do not contain. A layer must name them: an
 * engine that unpacks it creates unnamed folders with owner root and mode 0755, which hide the folders of lower layers.
 * Reading them here makes them part of what the step read.
 */
export function parentEntries(changes: readonly Entry[], root: RootTree): Entry[] {
  const named = new Set(changes.map(({ path }) => path));
  const parents: Entry[] = [];
  for (const { path } of changes)
    for (let above = posix.dirname(path); above !== '/' && !named.has(above); above = posix.dirname(above)) {
      named.add(above);
      const entry = root.lstat(above);
      if (entry?.type !== 'directory') continue;
      // `opaque` belongs to the layer that recreated the folder.
      const { opaque: _opaque, ...folder } = entry;
      parents.push({ ...folder, path: above });
    }
  return parents;
}
