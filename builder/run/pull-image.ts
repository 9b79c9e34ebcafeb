import { resolve } from 'node:path';
import { layerNames } from '../image/layer-names.js';
import { type Reference, parseReference } from '../registry/reference.js';
import type { Reporter } from '../reporter.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildOutput } from '../deliver/output.js';
import type { BuildContext } from '../context.js';
import { progressLine, unpackImage, withFetched } from '../open/fetch-image.js';
import { archiveDestination } from '../deliver/archive-destination.js';
import type { Destination } from '../deliver/destination.js';
import { dockerDestination } from '../deliver/docker-destination.js';
import { layoutDestination } from '../deliver/layout-destination.js';
import { platformOf } from '../open/image.js';

/** The options of `platen pull`. */
export interface PullRequest {
  readonly image: string;
  /** For example "linux/amd64". */
  readonly platform: string;
  /** A file or folder instead of Docker. */
  readonly output?: BuildOutput | undefined;
}

export interface PullContext extends Pick<BuildContext, 'environment' | 'signal'> {
  readonly reporter: Reporter;
  /** Absolute; relative paths start here. */
  readonly workingFolder: string;
}

/** What `platen pull --json` prints. */
export interface PulledImage {
  readonly image: string;
  /** Of the manifest. */
  readonly digest: Digest;
  readonly config: Digest;
  readonly platform: string;
  readonly layers: readonly { readonly name: string; readonly digest: Digest; readonly size: number }[];
  /** Names in Docker. */
  readonly tags: readonly string[];
  readonly loaded: boolean;
  /** Bytes downloaded from the registry. */
  readonly downloaded: number;
  readonly ms: number;
}

/** Pulls an image from a registry into the cache, and from there into Docker or a file. @throws RegistryError, BuilderError */
export async function pullImage(request: PullRequest, context: PullContext): Promise<PulledImage> {
  const started = performance.now();
  const reference = parseReference(request.image);
  const { reporter } = context;
  using store = openStore(cacheFolder(context.environment));
  const step = `pull ${request.image}`;
  reporter.report({ kind: 'step-started', name: step });
  const fetch = {
    store,
    platform: request.platform,
    environment: context.environment,
    signal: context.signal,
    onProgress: ({ done, size }: { done: number; size: number }) =>
      reporter.report({ kind: 'step-output', text: progressLine(done, size) }),
  };
  const { image, downloaded } = await withFetched(reference, fetch, async (fetched) => ({
    downloaded: fetched.downloaded,
    image: await unpackImage(fetched.image, store),
  }));
  const ms = performance.now() - started;
  reporter.report({ kind: 'step-done', name: step, cached: downloaded === 0, ms, changed: true });
  context.signal.throwIfAborted();
  const { tags = [], loaded = false } = await destinationOf(request, reference, { store, context }).deliver(
    image,
  );
  const names = layerNames(image.config);
  return {
    image: request.image,
    digest: image.manifest.digest,
    config: image.configDigest,
    platform: platformOf(image.config),
    layers: image.layers.map(({ blob: { digest, size } }, index) => ({
      name: names[index] ?? '',
      digest,
      size,
    })),
    tags,
    loaded,
    downloaded,
    ms: Math.round(performance.now() - started),
  };
}

/** Docker, or the requested file. */
function destinationOf(
  { platform, output }: PullRequest,
  reference: Reference,
  { store, context }: { readonly store: Store; readonly context: PullContext },
): Destination {
  const { reporter, environment, workingFolder } = context;
  const name = `${dockerName(reference)}:${reference.tag ?? 'latest'}`;
  const common = { store, reporter };
  if (output === undefined) {
    // Docker records the digest of an image only when it pulls the image itself, so a name without a tag can't be kept.
    const tags = reference.digest !== undefined && reference.tag === undefined ? [] : [name];
    return dockerDestination({ ...common, docker: { host: environment.DOCKER_HOST }, tags });
  }
  const path = resolve(workingFolder, output.path);
  if (output.kind === 'tar') return archiveDestination({ ...common, file: path, tags: [name] });
  return layoutDestination({ ...common, place: { folder: path, reference: name, platform } });
}

/** The name as Docker shows it: without host for Docker Hub's official images. */
function dockerName({ name }: Reference): string {
  return name.replace(/^docker\.io\/(library\/)?/, '');
}
