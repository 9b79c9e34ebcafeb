import { resolve } from 'node:path';
import { removeUntaggedImage } from '../engine/docker/docker.js';
import { BuilderError } from '../errors.js';
import type { Image } from '../image/assemble-image.js';
import { writeOciLayout } from '../image/oci-layout.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';
import type { BuildOptions, BuildResult } from '../run/build-options.js';
import type { BuildContext } from '../context.js';
import { checkedInDocker } from '../containers/checked-container.js';
import { checkImage, checkInSandbox, isCheckDue } from '../containers/check-image.js';
import { imageNames } from './image-names.js';
import { rememberBuild } from '../open/last-build.js';
import { deliverWithoutDocker } from './layout-instead.js';
import { loadImage } from './load-image.js';
import type { PushChoices } from './push/push-choices.js';
import { writeDockerArchive } from './write-docker-archive.js';

interface Delivery {
  readonly spec: ImageSpec;
  readonly store: Store;
  readonly options: BuildOptions;
  readonly context: BuildContext;
}

/**
 * Brings a finished image where it was asked for: a file, Docker, a registry; to the latter two under its names only when
 * the smoke checks passed.
 */
export async function deliverImage(
  image: Image,
  delivery: Delivery,
): Promise<Pick<BuildResult, 'tags' | 'loaded' | 'layout' | 'pushed' | 'scan'>> {
  const { spec, options, context, store } = delivery;
  const { tags, registry, push } = options;
  const names = imageNames({ name: spec.name, tags, registry });
  await checkInSandbox(image, delivery);
  if (options.output !== undefined) await writeOutput(image, names.all, delivery);
  const { loaded, layout } = await loadWhereAsked(image, names.all, delivery);
  // Whatever becomes of the push: "platen push" can go on with it.
  rememberBuild({ ...context, image: options.image, name: spec.name }, image, store);
  const pushed = push === undefined ? undefined : await pushDelivered(image, names.remote, push, delivery);
  return {
    tags: loaded ? names.all : pushed ? names.remote : [],
    loaded,
    ...(layout === undefined ? {} : { layout }),
    pushed: pushed?.report ?? null,
    ...(pushed?.scan === undefined ? {} : { scan: pushed.scan }),
  };
}

/** With `auto`, a machine without Docker is no failure: then the image is in an OCI layout. */
async function loadWhereAsked(
  image: Image,
  tags: readonly string[],
  delivery: Delivery,
): Promise<{ loaded: boolean; layout?: string | undefined }> {
  const { spec, store, options, context } = delivery;
  if (options.load === false) return { loaded: false };
  try {
    await loadChecked(image, tags, delivery);
    return { loaded: true };
  } catch (error) {
    if (options.load !== 'auto' || !(error instanceof BuilderError) || error.code !== 'unavailable')
      throw error;
    return {
      loaded: false,
      layout: deliverWithoutDocker(image, { spec, tags, store, options, context, why: error.message }),
    };
  }
}

/** What it takes is loaded by a push alone. */
async function pushDelivered(
  image: Image,
  names: readonly string[],
  choices: PushChoices,
  { store, context }: Delivery,
) {
  const [{ pushImage }, { storeImageSource }] = await Promise.all([
    import('./push/push-to-registries.js'),
    import('./push/store-image-source.js'),
  ]);
  const source = storeImageSource(image.digest, store);
  return pushImage(source, names, { choices, context, store });
}

async function loadChecked(image: Image, tags: readonly string[], delivery: Delivery): Promise<void> {
  const { store, context } = delivery;
  const { reporter, signal, environment } = context;
  const docker = { host: environment.DOCKER_HOST };
  const started = performance.now();
  if (isCheckDue(image, delivery)) {
    const id = await loadImage(image, { docker, tags: [], store });
    const start = checkedInDocker(id, docker, signal);
    await checkImage(image, start, delivery).catch(async (error: unknown) => {
      // The failed check is what counts, not what is left of it.
      await removeUntaggedImage(docker, id).catch(() => undefined);
      throw error;
    });
  }
  await loadImage(image, { docker, tags, store });
  reporter.report({ kind: 'loaded', tags, ms: performance.now() - started });
}

async function writeOutput(
  image: Image,
  tags: readonly string[],
  { spec, store, options, context }: Delivery,
): Promise<void> {
  if (options.output === undefined) return;
  const { kind, path } = options.output;
  const started = performance.now();
  const { platform } = spec;
  const place = resolve(context.projectFolder, path);
  if (kind === 'oci')
    writeOciLayout(image, { folder: place, reference: tags[0] ?? spec.name, platform }, store);
  else await writeDockerArchive(image, { file: place, tags, store });
  context.reporter.report({ kind: 'written', path: place, ms: performance.now() - started });
}
