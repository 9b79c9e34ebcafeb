import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { BlobSink } from './blob-sink.js';
import { chooseImage, longestConfig } from './choose-image.js';
import type { RegistryClient } from '../client.js';
import type { Descriptor, Digest, ManifestContent, Platform } from '../descriptor.js';
import { readImageManifest, readPlatform } from '../image-documents.js';
import { inParallel } from '../in-parallel.js';
import { getManifest, headManifest } from '../manifests.js';
import { isIndexType } from '../media-types.js';
import { streamBlob } from './open-blob.js';
import { type Reference, formatReference } from '../reference.js';
import { RegistryError } from '../registry-error.js';
import type { Repository } from '../repository.js';
import type { Pace } from '../transport/retry.js';
import { formatPlatform, suits } from './select-platform.js';
import { doing } from '../wrap-error.js';

export interface PullProgress {
  readonly digest: Digest;
  readonly size: number;
  readonly done: number;
  readonly state: 'downloading' | 'downloaded' | 'existing';
}

/** One image as its registry describes it. */
export interface RemoteImage {
  /** Set if the reference names an index. */
  readonly index?: ManifestContent | undefined;
  readonly manifest: ManifestContent;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Buffer };
  /** The lowest first. */
  readonly layers: readonly Descriptor[];
}

export interface PullOptions {
  /** Selects an image from an index; a single image for another platform is refused. */
  readonly platform?: Platform | undefined;
  readonly sink: BlobSink;
  readonly concurrency?: number | undefined;
  readonly onProgress?: ((event: PullProgress) => void) | undefined;
}

const usualConcurrency = 4;
const usualTag = 'latest';
/**
 * The descriptor of a tag or digest; of `latest` if the reference has neither.
 * @throws RegistryError `not-found` if there is none
 */
export async function resolve(client: RegistryClient, reference: Reference): Promise<Descriptor> {
  const repository = client.repository(reference, { push: false });
  const what = shown(reference);
  return doing(`look up ${what}`, async () => {
    const found = await headManifest(repository, nameOf(reference));
    if (found === undefined) throw missing(what);
    const { mediaType, digest, size } = found;
    return { mediaType, digest, size };
  });
}

/**
 * Reads manifest and configuration, without the layers.
 * @throws RegistryError `not-found` if there is no such image, or none for the platform
 */
export async function readManifest(
  client: RegistryClient,
  reference: Reference,
  { platform }: { readonly platform?: Platform | undefined } = {},
): Promise<RemoteImage> {
  const repository = client.repository(reference, { push: false });
  return doing(`read ${shown(reference)}`, () => describe(client, repository, { reference, platform }));
}

/** Pulls an image's blobs into a sink, configuration included; each is verified while it streams. @throws RegistryError */
export async function pullImage(
  client: RegistryClient,
  reference: Reference,
  { platform, sink, concurrency = usualConcurrency, onProgress }: PullOptions,
): Promise<RemoteImage> {
  const repository = client.repository(reference, { push: false });
  const controller = new AbortController();
  const outer = client.pace.signal;
  const signal = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]);
  const pull: Pull = {
    repository,
    pace: { ...client.pace, signal },
    sink,
    onProgress: onProgress ?? (() => undefined),
  };
  return doing(`pull ${shown(reference)}`, async () => {
    const image = await describe(client, repository, { reference, platform });
    const layers = [...new Map(image.layers.map((layer) => [layer.digest, layer])).values()];
    const abort = (reason: unknown): void => controller.abort(reason);
    await keep(pull, image.config.descriptor, () => Readable.from([image.config.bytes]));
    await inParallel(layers, { limit: concurrency, abort }, (layer) =>
      keep(pull, layer, () => streamBlob(repository, layer, pull.pace)),
    );
    return image;
  });
}

/** A blob's bytes; the stream fails if they don't match the digest. */
export function openBlob(client: RegistryClient, reference: Reference, blob: Descriptor): Readable {
  return streamBlob(client.repository(reference, { push: false }), blob, client.pace);
}

interface Pull {
  readonly repository: Repository;
  readonly pace: Pace;
  readonly sink: BlobSink;
  readonly onProgress: (event: PullProgress) => void;
}

interface Wanted {
  readonly reference: Reference;
  readonly platform: Platform | undefined;
}

async function describe(
  client: RegistryClient,
  repository: Repository,
  { reference, platform }: Wanted,
): Promise<RemoteImage> {
  const named = await getManifest(repository, nameOf(reference));
  if (named === undefined) throw missing(shown(reference));
  const chosen = isIndexType(named.mediaType)
    ? await chooseImage({ repository, pace: client.pace }, named, { name: shown(reference), platform })
    : named;
  const { config: descriptor, layers } = readImageManifest(chosen);
  if (descriptor.size > longestConfig)
    throw new RegistryError(`its configuration has ${descriptor.size} bytes`, { code: 'invalid' });
  const bytes = await buffer(streamBlob(repository, descriptor, client.pace));
  const own = readPlatform(descriptor, bytes);
  if (
    platform !== undefined &&
    own.os !== undefined &&
    own.architecture !== undefined &&
    !suits(own, platform)
  )
    throw new RegistryError(
      `it is for ${formatPlatform({ os: own.os, architecture: own.architecture, variant: own.variant })}, not for ${formatPlatform(platform)}`,
      { code: 'not-found', hint: 'choose another image, or another platform' },
    );
  return {
    ...(chosen !== named && { index: named }),
    manifest: chosen,
    config: { descriptor, bytes },
    layers,
  };
}

async function keep(
  { sink, onProgress }: Pull,
  { digest, size }: Descriptor,
  open: () => Readable,
): Promise<void> {
  if (sink.has(digest)) return onProgress({ digest, size, done: size, state: 'existing' });
  const writer = sink.writer();
  let done = 0;
  try {
    for await (const chunk of open() as AsyncIterable<Buffer>) {
      await writer.write(chunk);
      done += chunk.length;
      onProgress({ digest, size, done, state: 'downloading' });
    }
  } catch (error) {
    await writer.abort();
    throw error;
  }
  const kept = await writer.finish();
  if (kept.digest !== digest)
    throw new RegistryError(`${digest} became ${kept.digest} when it was kept`, { code: 'failed' });
  onProgress({ digest, size, done, state: 'downloaded' });
}

function nameOf({ tag, digest }: Reference): string {
  return digest ?? tag ?? usualTag;
}

function shown(reference: Reference): string {
  const { tag, digest } = reference;
  return formatReference(
    tag === undefined && digest === undefined ? { ...reference, tag: usualTag } : reference,
  );
}

function missing(what: string): RegistryError {
  return new RegistryError(`there is no ${what}`, {
    code: 'not-found',
    status: 404,
    hint: 'check the name and the tag; a private repository may look as if it did not exist',
  });
}
