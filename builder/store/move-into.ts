import { lstatSync, renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { makeFolder } from '../system/make-folder.js';

/**
 * Moves a file to its place in the cache. Creates the folder again if a prune removed it meanwhile because it was empty, and
 * deletes a folder in the file's place, which can't be the cache's.
 */
export function moveInto(temporary: string, path: string): void {
  for (let tries = 1; ; tries++) {
    try {
      renameSync(temporary, path);
      return;
    } catch (error) {
      if (tries === 5) throw error;
      if (lstatSync(path, { throwIfNoEntry: false })?.isDirectory()) rmSync(path, { recursive: true });
      else if ((error as NodeJS.ErrnoException).code === 'ENOENT') makeFolder(dirname(path));
      else throw error;
    }
  }
}
