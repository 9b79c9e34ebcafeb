import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findLastBuild } from './last-build.js';
import type { OpenContext, OpenedImage } from './image.js';
import { storedImage } from './stored-image.js';

/** Opens the last build of an image of this project; undefined if the project has no such image. @throws BuilderError `failed` if it was not built */
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
