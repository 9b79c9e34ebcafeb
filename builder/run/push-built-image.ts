import { resolve } from 'node:path';
import { BuilderError } from '../errors.js';
import type { ImageSource } from '../registry/image-source.js';
import { loadImageSpec } from '../spec/load-image-spec.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from './build-options.js';
import { imageNames } from './image-names.js';
import { findLastBuild } from './last-build.js';
import { layoutImageSource } from './layout-image-source.js';
import { pushImage } from './push-image.js';
import type { PushOptions, PushedImage } from './push-options.js';
import { storeImageSource } from './store-image-source.js';

/** Pushes what was built last from an image spec, or an OCI layout; no Docker is needed. @throws BuilderError, SpecError, RegistryError */
export async function pushBuiltImage(options: PushOptions, context: BuildContext): Promise<PushedImage> {
  const started = performance.now();
  using store = openStore(cacheFolder(context.environment));
  const { source, name } = findImage(options.image, store, context);
  const { remote } = imageNames({ name, tags: options.tags, registry: options.registry });
  if (remote.length === 0)
    throw new BuilderError(`It is not said where ${options.image} goes`, {
      code: 'usage',
      hint: 'Name a registry, --registry HOST[/PREFIX], or a tag with one, --tag HOST/NAME:TAG.',
    });
  const { report, scan } = await pushImage(source, remote, { choices: options, context, store });
  return {
    ...{ image: options.image, digest: source.manifest.digest, tags: remote },
    ...{ ms: Math.round(performance.now() - started), pushed: report },
    ...(scan === undefined ? {} : { scan }),
  };
}

function findImage(
  image: string,
  store: Store,
  { projectFolder }: BuildContext,
): { source: ImageSource; name: string } {
  if (image.startsWith('oci:')) {
    const { source, name } = layoutImageSource(resolve(projectFolder, image.slice('oci:'.length)));
    return { source, name };
  }
  const { name } = loadImageSpec(projectFolder, image);
  return { source: storeImageSource(findLastBuild({ projectFolder, image }, store), store), name };
}
