import { BuilderError } from '../errors.js';
import { z } from 'zod';
import type { PackedImage } from '../image/image.js';
import { type Digest, digestOf } from '../store/digest.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';

/** The record of a build, for a later push. Its digests keep a prune from removing the blobs. */
interface LastBuild {
  /** The image's name in the spec. */
  readonly name: string;
  readonly manifest: Digest;
  readonly blobs: readonly Digest[];
}

const lastBuilds = recordKind<LastBuild>(
  'last-build',
  z.object({ name: z.string(), manifest: digestSchema, blobs: z.array(digestSchema) }),
);

interface Built {
  readonly projectFolder: string;
  readonly image: string;
}

/** Stores the record of the last build of an image spec. */
export function rememberBuild(
  built: Built & { readonly name: string },
  { manifest, configDigest, layers }: PackedImage,
  store: Store,
): void {
  const blobs = [configDigest, ...layers.map((layer) => layer.blob.digest)];
  store.setRecord(lastBuilds, keyOf(built), { name: built.name, manifest: manifest.digest, blobs });
}

/** Returns the name and the manifest's digest of the last build. @throws BuilderError `failed` if there is none, or its blobs are gone */
export function findLastBuild(built: Built, store: Store): { name: string; digest: Digest } {
  const found = store.record(lastBuilds, keyOf(built));
  const hint = `Build it first: platen build ${built.image}.`;
  if (found === undefined)
    throw new BuilderError(`images/${built.image} was not built yet on this machine`, {
      code: 'failed',
      hint,
    });
  if (![found.manifest, ...found.blobs].every((blob) => store.has(blob)))
    throw new BuilderError(`The last build of images/${built.image} is no longer complete in the cache`, {
      code: 'failed',
      hint,
    });
  return { name: found.name, digest: found.manifest };
}

/** Includes the project, because projects with equally named images may share a cache. */
function keyOf({ projectFolder, image }: Built): string {
  return `${image}/${digestOf(projectFolder).slice('sha256:'.length)}`;
}
