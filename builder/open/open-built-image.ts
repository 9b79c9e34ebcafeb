import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findLastBuild } from './last-build.js';
import type { OpenContext, OpenedImage } from './image.js';
import { storedImage } from './stored-image.js';

/** The last build of an image of this project; undefined where the project has none of that name. @throws BuilderError `failed` where it was not built */
export function openBuiltImage(
  text: string,
  { store, projectFolder }: OpenContext,
): Promise<OpenedImage | undefined> {
  const isName = /^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(text);
  if (
    projectFolder === undefined ||
    !isName ||
    !existsSync(join(projectFolder, 'images', text, 'image.yaml'))
  )
    return Promise.resolve(undefined);
  const { digest } = findLastBuild({ projectFolder, image: text }, store);
  return Promise.resolve({ ...storedImage(digest, store), name: text, from: 'build' as const });
}
