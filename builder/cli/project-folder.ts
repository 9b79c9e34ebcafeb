import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { BuilderError } from '../errors.js';

/**
 * The nearest folder, from here upwards, that holds `images/` and `playbooks/`.
 * @throws BuilderError `usage` where there is none
 */
export function findProjectFolder(from: string): string {
  for (let folder = from; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'images')) && existsSync(join(folder, 'playbooks'))) return folder;
    if (folder === dirname(folder)) break;
  }
  throw new BuilderError(`There is no folder with images/ and playbooks/ at ${from} or above it`, {
    code: 'usage',
    hint: 'Change to the folder of the project first.',
  });
}
