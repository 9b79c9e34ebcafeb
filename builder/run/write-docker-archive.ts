import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { imageArchive } from '../engine/docker-load.js';
import { BuilderError } from '../errors.js';
import type { Image } from '../image/assemble-image.js';
import type { Store } from '../store/store.js';

/** Writes an archive with all layers, for `docker load`; the file appears whole. @throws BuilderError `failed` */
export async function writeDockerArchive(
  image: Image,
  { file, tags, store }: { file: string; tags: readonly string[]; store: Store },
): Promise<void> {
  const fresh = `${file}.${image.digest.slice(7, 19)}.new`;
  const layers = image.layers.map(({ diffId, size }) => ({ diffId, size, open: () => store.open(diffId) }));
  try {
    const { configBytes } = image;
    await pipeline(Readable.from(imageArchive({ configBytes, layers, tags }, 0)), createWriteStream(fresh));
    renameSync(fresh, file);
  } catch (cause) {
    rmSync(fresh, { force: true });
    throw new BuilderError(`The archive ${file} can't be written: ${(cause as Error).message}`, {
      code: 'failed',
      cause,
    });
  }
}
