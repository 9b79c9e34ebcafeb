import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Another process may remove an empty folder before a folder is made in it. */
const mostTries = 3;

/**
 * Makes a folder and its parents. Unlike Node's recursive mkdir, it reports the system's true error, and ends if an existing
 * folder allows none in it, such as `/proc`.
 * @param mode of all new folders
 */
export function makeFolder(path: string, mode?: number): void {
  for (let tries = 1; ; tries += 1)
    try {
      mkdirSync(path, { mode });
      return;
    } catch (error) {
      const { code } = error as NodeJS.ErrnoException;
      if (code === 'ENOENT' && tries < mostTries && dirname(path) !== path) makeFolder(dirname(path), mode);
      else if (statSync(path, { throwIfNoEntry: false })?.isDirectory()) return;
      else throw error;
    }
}
