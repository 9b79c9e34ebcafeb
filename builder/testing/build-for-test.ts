import { connectDocker } from '../engine/docker/docker-client.js';
import { silentReporter } from '../reporter.js';
import { buildImage } from '../run/build-image.js';
import type { BuildResult } from '../run/build-options.js';

/** Builds an image of this repository, or of the project in another folder, from the user's cache where it can, under a tag that only this process uses. */
export async function buildForTest(
  image: string,
  {
    tag = image,
    variables = {},
    projectFolder = process.cwd(),
  }: { tag?: string; variables?: Readonly<Record<string, unknown>>; projectFolder?: string } = {},
): Promise<BuildResult & { readonly reference: string }> {
  const reference = `platen-test/${tag}:${process.pid}`;
  const texts = Object.entries(variables).map(([name, value]) => [
    name,
    typeof value === 'string' ? value : JSON.stringify(value),
  ]);
  const result = await buildImage(
    {
      image,
      tags: [reference],
      explain: false,
      noCache: false,
      load: true,
      smoke: true,
      variables: Object.fromEntries(texts) as Record<string, string>,
      engine: 'auto',
    },
    {
      reporter: silentReporter,
      signal: new AbortController().signal,
      environment: process.env,
      projectFolder,
    },
  );
  return { ...result, reference };
}

/** Takes the tags of `buildForTest` away, and with them the images that have no other; no container may use them any more. */
export async function removeTags(...references: readonly string[]): Promise<void> {
  const docker = await connectDocker({ host: process.env.DOCKER_HOST });
  await Promise.all(
    references.map((reference) =>
      docker
        .getImage(reference)
        .remove()
        .catch(() => undefined),
    ),
  );
}
