import { mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';

/** Somebody may remove an empty folder just when another one is to be made in it. */
const mostTries = 3;

/**
 * Makes a folder and those above it. Unlike Node's own way of doing that, the error is always the system's true one, and it
 * comes to an end where a folder that is there lets nothing be made in it, as in `/proc`.
 * @param mode of all folders that are made
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
