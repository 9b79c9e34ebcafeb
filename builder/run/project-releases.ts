import type { BuildContext } from '../context.js';
import { BuilderError } from '../errors.js';
import { findLastBuild } from '../open/last-build.js';
import type { Releases } from '../platform/cloudformation/releases.js';
import type { EnvironmentSpec } from '../spec/load-environment.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import { buildImage } from './build-image.js';
import { pushBuiltImage } from './push-image.js';

/** The images of a project, for deployments. */
export function projectReleases(context: BuildContext, { registry }: EnvironmentSpec): Releases {
  const newest = (image: string): string | undefined => {
    using store = openStore(cacheFolder(context.environment));
    try {
      return findLastBuild({ projectFolder: context.projectFolder, image }, store).digest;
    } catch (error) {
      if (error instanceof BuilderError && error.code === 'failed') return undefined;
      throw error;
    }
  };
  return {
    newest,
    publish: async (image, repository) => {
      if (newest(image) === undefined) await build(image, context);
      // The repository's tags are immutable, so a release's tag is part of its digest.
      const tag = newest(image)?.slice('sha256:'.length, 'sha256:'.length + 12);
      const { digest } = await pushBuiltImage(
        {
          image,
          tags: [`${repository}:${tag}`],
          createRepository: registry?.createRepository ?? false,
          scanThreshold: registry?.scanThreshold,
        },
        context,
      );
      return digest;
    },
  };
}

async function build(image: string, context: BuildContext): Promise<void> {
  await buildImage(
    {
      image,
      tags: [],
      explain: false,
      noCache: false,
      load: false,
      smoke: true,
      variables: {},
      engine: 'auto',
    },
    context,
  );
}
