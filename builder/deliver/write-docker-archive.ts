import { createWriteStream, existsSync, renameSync, rmSync, statSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { imageArchive } from '../engine/docker/resources/load-image.js';
import { BuilderError } from '../errors.js';
import type { StoredImage } from '../image/image.js';
import { whyNotWritten } from '../system/why-not-written.js';

/** Writes an archive with all layers for `docker load`: a file atomically, a pipe or device directly. @throws BuilderError `failed` */
export async function writeDockerArchive(
  image: StoredImage,
  { file, tags }: { file: string; tags: readonly string[] },
): Promise<void> {
  const fresh = isSpecial(file) ? undefined : `${file}.${image.manifest.digest.slice(7, 19)}.new`;
  try {
    const archive = Readable.from(imageArchive({ ...image, tags }, 0));
    await pipeline(archive, createWriteStream(fresh ?? file));
    if (fresh !== undefined) renameSync(fresh, file);
  } catch (cause) {
    if (fresh !== undefined && existsSync(fresh)) rmSync(fresh);
    // Then the cache is damaged, not the archive.
    if (cause instanceof BuilderError) throw cause;
    throw new BuilderError(`The archive ${file} can't be written: ${whyNotWritten(cause)}`, {
      code: 'failed',
      hint: 'name a file in a folder that exists and can be written',
      cause,
    });
  }
}

/** Whether the path is a device or pipe, which must not be replaced by a file. */
function isSpecial(path: string): boolean {
  if (!existsSync(path)) return false;
  const stats = statSync(path);
  return !stats.isFile() && !stats.isDirectory();
}
