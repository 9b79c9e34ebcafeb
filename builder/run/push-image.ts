import { resolve } from 'node:path';
import { BuilderError } from '../errors.js';
import type { ImageSource } from '../registry/push/image-source.js';
import { findImageSpec } from '../spec/find-image-spec.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from '../context.js';
import { imageNames } from '../deliver/image-names.js';
import { type OwnName, dockerImageName } from '../deliver/push/docker-image-name.js';
import { findLastBuild } from '../open/last-build.js';
import { layoutImageSource } from '../deliver/push/layout-image-source.js';
import { pushImage } from '../deliver/push/push-to-registries.js';
import type { PushOptions, PushedImage } from './push-options.js';
import { imageSource } from '../deliver/push/image-source.js';
import { storedImage } from '../open/stored-image.js';

/** Pushes the last build of an image spec, an OCI layout, or an image in Docker; only the last needs Docker. @throws BuilderError, SpecError, RegistryError */
export async function pushBuiltImage(options: PushOptions, context: BuildContext): Promise<PushedImage> {
  const started = performance.now();
  using store = openStore(cacheFolder(context.environment));
  const { name, tag, read } = findImage(options, store, context);
  const tags = options.tags.length > 0 ? options.tags : [`:${tag}`];
  const { remote } = imageNames({ name, tags, registry: options.registry });
  if (remote.length === 0)
    throw new BuilderError(`No registry is given for ${options.image}`, {
      code: 'usage',
      hint: 'Give a registry with --registry HOST[/PREFIX], or a tag with one: --tag HOST/NAME:TAG.',
    });
  const source = await read();
  const { report, scan } = await pushImage(source, remote, { choices: options, context, store });
  return {
    image: options.image,
    digest: source.manifest.digest,
    tags: remote,
    ms: Math.round(performance.now() - started),
    pushed: report,
    ...(scan === undefined ? {} : { scan }),
  };
}

interface FoundImage extends OwnName {
  read(): ImageSource | Promise<ImageSource>;
}

function findImage(options: PushOptions, store: Store, context: BuildContext): FoundImage {
  const { image } = options;
  const { projectFolder } = context;
  const [, kind, place = ''] = /^(oci|docker):(.*)$/s.exec(image) ?? [];
  if (kind === 'docker')
    return {
      ...dockerImageName(place, options),
      read: async () => {
        const { dockerImageSource } = await import('../deliver/push/docker-image-source.js');
        return dockerImageSource(place, { store, context });
      },
    };
  if (kind === 'oci') {
    const { source, name } = layoutImageSource(resolve(projectFolder, place));
    return { name, tag: 'latest', read: () => source };
  }
  findImageSpec(projectFolder, image);
  const { name, digest } = findLastBuild({ projectFolder, image }, store);
  return { name, tag: 'latest', read: () => imageSource(storedImage(digest, store)) };
}
