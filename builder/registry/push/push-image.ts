import type { RegistryClient } from '../client.js';
import { type Descriptor, type Digest, type ManifestContent, isDigest } from '../descriptor.js';
import { hasBlob } from './blob-check.js';
import { inParallel } from '../in-parallel.js';
import { headManifest, putManifest } from '../manifests.js';
import { RegistryError } from '../registry-error.js';
import { type Repository, shortDigest } from '../repository.js';
import { type Pace, withRetries } from '../transport/retry.js';
import { uploadBlob } from './upload-blob.js';
import { doing } from '../wrap-error.js';
import type { ImageSource } from './image-source.js';
import type { Reference } from '../reference.js';

/** Progress of a blob; the last event of each has another state than `uploading`. */
export interface BlobProgress {
  readonly digest: Digest;
  readonly size: number;
  /** Bytes sent in this try. */
  readonly done: number;
  readonly state: 'uploading' | 'uploaded' | 'mounted' | 'existing';
}

export interface PushOptions {
  /** Tags for the image; without any, it is pushed by digest. */
  readonly tags: readonly string[];
  /** Repositories of the same registry that may have some of the blobs. */
  readonly mountFrom?: readonly string[] | undefined;
  /** Number of blobs uploaded at once. */
  readonly concurrency?: number | undefined;
  /** Bytes; larger blobs are uploaded in parts of this size (ECR: 5 to 10 MB). */
  readonly partSize?: number | undefined;
  readonly onProgress?: ((event: BlobProgress) => void) | undefined;
}

export interface PushResult {
  readonly registry: string;
  /** `NAME@DIGEST`. */
  readonly reference: string;
  readonly digest: Digest;
  /** Numbers of blobs. */
  readonly uploaded: number;
  readonly mounted: number;
  readonly existing: number;
  /** Of the uploaded blobs. */
  readonly bytes: number;
}

/** Uploads at once: with more, ECR cuts connections. */
const usualConcurrency = 4;
/** HEAD requests at once: they are cheap. */
const questionsAtOnce = 16;

/**
 * Pushes an image or an index: the missing blobs, then the manifests, then the tags; reads all of it back. An interrupted push
 * leaves no tag on an incomplete image, and a second push sends only what is missing.
 * @throws RegistryError; BuilderError `interrupted`
 */
export async function pushImage(
  client: RegistryClient,
  source: ImageSource,
  target: Reference,
  options: PushOptions,
): Promise<PushResult> {
  const mountFrom = (options.mountFrom ?? []).filter((repository) => repository !== target.repository);
  const controller = new AbortController();
  const outer = client.pace.signal;
  const signal = outer === undefined ? controller.signal : AbortSignal.any([outer, controller.signal]);
  const push: Push = {
    repository: client.repository(target, { push: true, alsoPull: mountFrom }),
    pace: { ...client.pace, signal },
    commitMs: client.limits.commitMs,
    abort: (reason) => controller.abort(reason),
    options: { ...options, mountFrom },
  };
  const outcomes = await pushBlobs(push, source);
  await pushManifests(push, source);
  const count = (state: BlobProgress['state']) =>
    outcomes.filter((outcome) => outcome.state === state).length;
  const sent = outcomes.filter(({ state }) => state === 'uploaded').map(({ size }) => size);
  const { digest } = source.manifest;
  return {
    registry: target.registry,
    reference: `${target.name}@${digest}`,
    digest,
    uploaded: sent.length,
    mounted: count('mounted'),
    existing: count('existing'),
    bytes: sent.reduce((sum, size) => sum + size, 0),
  };
}

interface Push {
  readonly repository: Repository;
  readonly pace: Pace;
  readonly commitMs: number;
  readonly abort: (reason: unknown) => void;
  readonly options: PushOptions & { readonly mountFrom: readonly string[] };
}

type Blob = Descriptor & { readonly source: ImageSource };

async function pushBlobs(push: Push, source: ImageSource): Promise<BlobProgress[]> {
  const { repository, pace, options, abort } = push;
  const report = (event: BlobProgress): BlobProgress => {
    options.onProgress?.(event);
    return event;
  };
  const existing: BlobProgress[] = [];
  const missing: Blob[] = [];
  await inParallel(blobsOf(source), { limit: questionsAtOnce, abort }, async (blob) => {
    const { digest, size } = blob;
    const there = await doing(`ask for ${shortDigest(digest)} in ${repository.name}`, () =>
      hasBlob(repository, blob, { signal: pace.signal }),
    );
    if (there) existing.push(report({ digest, size, done: size, state: 'existing' }));
    else missing.push(blob);
  });
  // The largest first, so that none of them starts last.
  missing.sort((a, b) => b.size - a.size);
  const limit = options.concurrency ?? usualConcurrency;
  const brought = await inParallel(missing, { limit, abort }, async (blob) => {
    const { digest, size, source: from } = blob;
    const state = await doing(`upload ${shortDigest(digest)} to ${repository.name}`, () =>
      uploadBlob({
        repository,
        blob,
        pace,
        commitMs: push.commitMs,
        mountFrom: options.mountFrom,
        partSize: options.partSize,
        open: (each) => from.open(each),
        onSent: (done) => report({ digest, size, done, state: 'uploading' }),
      }),
    );
    return report({ digest, size, done: size, state });
  });
  return [...existing, ...brought];
}

/** All blobs without duplicates: images of an index share layers. */
function blobsOf(source: ImageSource): Blob[] {
  const all = [source, ...source.images.flatMap(nested)].flatMap((image) =>
    image.blobs.map((blob) => ({ ...blob, source: image })),
  );
  return [...new Map(all.map((blob) => [blob.digest, blob])).values()];
}

function nested(source: ImageSource): ImageSource[] {
  return [...source.images.flatMap(nested), source];
}

/** Pushes the images of an index by digest, then the index or image itself under its tags. */
async function pushManifests(push: Push, source: ImageSource): Promise<void> {
  const { options, abort } = push;
  const below = source.images.flatMap(nested);
  for (const image of below) await placeManifest(push, image.manifest, image.manifest.digest);
  const [first, ...others] = options.tags;
  // The first tag uploads the manifest, too.
  await placeManifest(push, source.manifest, first ?? source.manifest.digest);
  await inParallel(others, { limit: usualConcurrency, abort }, (tag) =>
    placeManifest(push, source.manifest, tag),
  );
  const { digest } = source.manifest;
  if (first !== undefined) await withRetries(push.pace, () => confirmManifest(push, source.manifest, digest));
}

/** Puts a manifest under a name, unless it is there: tags may be immutable. */
async function placeManifest(push: Push, manifest: ManifestContent, name: string): Promise<void> {
  const { repository, pace, commitMs } = push;
  const { signal } = pace;
  const what = isDigest(name) ? `the manifest ${shortDigest(name)}` : `the tag ${name}`;
  await doing(`push ${what} to ${repository.name}`, () =>
    withRetries(pace, async () => {
      if ((await headManifest(repository, name, { signal, once: true }))?.digest === manifest.digest) return;
      await putManifest(repository, name, { ...manifest, signal, answerMs: commitMs, once: true });
      await confirmManifest(push, manifest, name);
    }),
  );
}

/** Reads back the digest that the registry has for a name. */
async function confirmManifest(
  { repository, pace }: Push,
  { digest }: ManifestContent,
  name: string,
): Promise<void> {
  const found = await headManifest(repository, name, { signal: pace.signal, once: true });
  if (found?.digest === digest) return;
  const now =
    found === undefined
      ? 'has nothing under that name'
      : `has ${found.digest} under that name: somebody else pushed at the same time`;
  throw new RegistryError(`${repository.registry} accepted ${digest} as ${name}, but ${now}`, {
    code: 'failed',
    temporary: found === undefined,
    hint: found === undefined ? 'the registry lost it: check its log and its storage' : 'push again',
  });
}
