import { readIndex } from '../registry/image-documents.js';
import type { RegistryClient } from '../registry/client.js';
import type { Platform } from '../registry/descriptor.js';
import { type RemoteImage, openBlob, readManifest, resolve } from '../registry/pull/pull-image.js';
import { type BlobProgress, type PushResult, pushImage } from '../registry/push/push-image.js';
import type { ImageSource } from '../registry/push/image-source.js';
import { type Reference, formatReference } from '../registry/reference.js';
import { RegistryError } from '../registry/registry-error.js';

/** An image in one registry, and the client that may read it. */
export interface CopySource {
  readonly client: RegistryClient;
  /** By its digest. */
  readonly reference: Reference;
  /** What it must be for. */
  readonly platform: Platform;
}

/** Whether a repository has the image by its digest. @throws RegistryError */
export async function hasImage(client: RegistryClient, reference: Reference): Promise<boolean> {
  try {
    return (await resolve(client, reference)).digest === reference.digest;
  } catch (error) {
    if (error instanceof RegistryError && error.code === 'not-found') return false;
    throw error;
  }
}

/**
 * Copies an image, or an index with its images, from one registry to another: blobs stream from one to the other and each is
 * verified on its way, manifests are the same bytes, and what the other has then is read back.
 * @throws RegistryError where either refuses, or has something else in the end
 */
export async function copyImage(
  source: CopySource,
  target: { readonly client: RegistryClient; readonly reference: Reference },
  options: {
    readonly tags: readonly string[];
    readonly partSize?: number | undefined;
    readonly concurrency?: number | undefined;
    readonly onProgress?: (event: BlobProgress) => void;
  },
): Promise<PushResult> {
  const { client, reference } = target;
  const pushed = await pushImage(client, await imageAt(source), reference, options);
  if (await hasImage(client, reference)) return pushed;
  throw new RegistryError(`${formatReference(reference)} is not there after it was copied`, {
    code: 'failed',
    hint: 'copy it again; what is there already is not sent twice',
  });
}

/** The image as something that can be pushed. */
async function imageAt(source: CopySource): Promise<ImageSource> {
  const { client, reference, platform } = source;
  const found = await readManifest(client, reference, { platform });
  if (found.index === undefined) return single(source, found);
  const images = await Promise.all(
    readIndex(found.index).map(async ({ digest }) => {
      const one = { ...source, reference: { ...reference, digest } };
      return single(one, await readManifest(client, one.reference));
    }),
  );
  return { manifest: found.index, blobs: [], images, open: () => unreachable(reference) };
}

function single({ client, reference }: CopySource, { manifest, config, layers }: RemoteImage): ImageSource {
  return {
    manifest,
    blobs: [...new Map([config.descriptor, ...layers].map((blob) => [blob.digest, blob])).values()],
    images: [],
    open: (blob) => openBlob(client, reference, blob),
  };
}

function unreachable({ name }: Reference): never {
  throw new RegistryError(`${name}: an index has no blobs of its own`, { code: 'invalid' });
}
