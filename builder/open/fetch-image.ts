import { z } from 'zod';
import { BuilderError } from '../errors.js';
import { checkLayerTypes } from '../image/source-image.js';
import type { PackedImage, StoredImage } from '../image/image.js';
import { keepTar } from '../image/keep-tar.js';
import { storedLayer } from '../image/stored-layer.js';
import { type Reference, formatReference } from '../registry/reference.js';
import { digestSchema, recordKind } from '../store/record-kind.js';
import type { Store } from '../store/store.js';
import { storedBlob } from './stored-image.js';
import type { BuildContext } from '../context.js';
import { remoteImage } from './open-remote-image.js';
import { openRegistry } from './registry-access.js';

/** The record of a pull, whose digests keep a prune from removing the blobs. */
const pulls = recordKind(
  'pull',
  z.object({
    reference: z.string(),
    manifest: digestSchema,
    config: digestSchema,
    layers: z.array(digestSchema),
  }),
);

/** An image fetched from a registry. */
export interface FetchedImage {
  readonly image: PackedImage;
  /** Bytes of blobs that the store lacked. */
  readonly downloaded: number;
  /** Whether some blobs were in the store. */
  readonly reused: boolean;
}

interface Fetch extends Pick<BuildContext, 'environment' | 'signal'> {
  readonly store: Store;
  /** For example "linux/amd64". */
  readonly platform: string;
  /** Fetch all blobs, also those in the store. */
  readonly again?: boolean;
  /** Called with the bytes done and the total. */
  onProgress(event: { readonly done: number; readonly size: number }): void;
}

/**
 * Fetches an image from a registry into the store: unchanged blobs, each verified while it streams, except those that the
 * store has.
 * @throws RegistryError, and BuilderError `invalid` for an unreadable image
 */
async function fetchImage(reference: Reference, fetch: Fetch): Promise<FetchedImage> {
  const { store, platform, onProgress } = fetch;
  const { client, pullImage } = await openRegistry(fetch);
  const [os = '', architecture = '', variant] = platform.split('/');
  const blobs = new Map<string, { done: number; size: number; fresh: boolean }>();
  const sum = (of: 'done' | 'size') =>
    [...blobs.values()].reduce((total, blob) => total + (blob.fresh ? blob[of] : 0), 0);
  const remote = await pullImage(client, reference, {
    platform: { os, architecture, ...(variant === undefined ? {} : { variant }) },
    sink: fetch.again ? { has: () => false, writer: () => store.writer() } : store,
    onProgress: ({ digest, done, size, state }) => {
      blobs.set(digest, { done, size, fresh: state !== 'existing' });
      onProgress({ done: sum('done'), size: sum('size') });
    },
  });
  const image = remoteImage(remote, ({ digest }) => storedBlob(digest, store));
  checkLayerTypes(image);
  for (const bytes of [remote.manifest.bytes, remote.config.bytes]) store.put(bytes);
  const { digest } = image.manifest;
  store.setRecord(pulls, digest.slice('sha256:'.length), {
    reference: formatReference(reference),
    manifest: digest,
    config: image.configDigest,
    layers: image.layers.map(({ blob }) => blob.digest),
  });
  return { image, downloaded: sum('done'), reused: [...blobs.values()].some(({ fresh }) => !fresh) };
}

/** Fetches an image and calls `use`; after an error by damaged blobs, fetches everything once more. @throws the errors of both */
export async function withFetched<T>(
  reference: Reference,
  fetch: Fetch,
  use: (fetched: FetchedImage) => Promise<T>,
): Promise<T> {
  const fetched = await fetchImage(reference, fetch);
  try {
    return await use(fetched);
  } catch (error) {
    // Damaged bytes may fail as a tar before their digest is computed.
    const isDamage = error instanceof BuilderError && ['invalid', 'failed'].includes(error.code);
    if (!isDamage || !fetched.reused) throw error;
    return use(await fetchImage(reference, { ...fetch, again: true }));
  }
}

/** Makes sure that the uncompressed layers of an image are in the store, for engines. @throws BuilderError `invalid` for a damaged one */
export async function unpackImage(source: PackedImage, store: Store): Promise<StoredImage> {
  for (const layer of source.layers) await keepTar(layer, store);
  const layers = source.layers.map(({ diffId, blob: { digest, size: compressedSize, mediaType } }) =>
    storedLayer({ diffId, size: store.size(diffId), digest, compressedSize, mediaType }, store),
  );
  return { ...source, layers };
}

/** One line of a live display. */
export function progressLine(done: number, size: number): string {
  return `${(done / 1e6).toFixed(1)} of ${(size / 1e6).toFixed(1)} MB\n`;
}
