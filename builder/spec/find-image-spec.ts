import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { BuilderError } from '../errors.js';
import { nameHint } from '../nearest-name.js';

/** The path of an image's spec. @throws BuilderError `usage` if there is no such image */
export function findImageSpec(projectFolder: string, name: string): string {
  const images = join(projectFolder, 'images');
  const path = join(images, name, 'image.yaml');
  if (/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name) && existsSync(path)) return path;
  throw new BuilderError(`There is no image "${name}": images/${name}/image.yaml is missing`, {
    code: 'usage',
    hint: nameHint(name, imageNames(images)),
  });
}

function imageNames(images: string): string[] {
  if (!existsSync(images)) return [];
  return readdirSync(images)
    .filter((name) => existsSync(join(images, name, 'image.yaml')))
    .sort();
}
