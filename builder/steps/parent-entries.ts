import { posix } from 'node:path';
import type { Entry } from '../tar/entry.js';
import type { RootTree } from '../plan/root-tree.js';

/**
 * The folders above what a step changed, as they stand, where the changes have them not already. A layer must name them:
 * an engine that unpacks it makes folders that it does not name anew, root's and open to all (0755), and these hide the
 * ones of the layers below. Looking at them makes them part of what the step read.
 */
export function parentEntries(changes: readonly Entry[], root: RootTree): Entry[] {
  const named = new Set(changes.map(({ path }) => path));
  const parents: Entry[] = [];
  for (const { path } of changes)
    for (let above = posix.dirname(path); above !== '/' && !named.has(above); above = posix.dirname(above)) {
      named.add(above);
      const entry = root.lstat(above);
      if (entry?.type !== 'directory') continue;
      // Opaque belongs to the layer that remade the folder.
      const { opaque: _opaque, ...folder } = entry;
      parents.push({ ...folder, path: above });
    }
  return parents;
}
