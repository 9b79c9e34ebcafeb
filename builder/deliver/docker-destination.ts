import type { ImageChecks } from '../containers/image-checks.js';
import { checkedInDocker } from '../containers/checked-container.js';
import type { DockerOptions } from '../engine/docker/docker-client.js';
import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import type { StoredImage } from '../image/image.js';
import type { Reporter } from '../reporter.js';
import type { Store } from '../store/store.js';
import type { Destination } from './destination.js';
import { loadImage } from './load-image.js';

interface DockerWanted {
  readonly docker: DockerOptions;
  /** Names of the image; if empty, it has only its id. */
  readonly tags: readonly string[];
  readonly store: Store;
  readonly reporter: Reporter;
}

/** Loads the image into Docker under these names. */
export function dockerDestination({ docker, tags, store, reporter }: DockerWanted): Destination {
  return {
    deliver: async (image) => {
      const started = performance.now();
      const id = await loadImage(image, { docker, tags, store });
      const shown = tags.length > 0 ? tags : [id];
      reporter.report({ kind: 'loaded', tags: shown, ms: performance.now() - started });
      return { tags, loaded: true };
    },
  };
}

interface Checked {
  readonly checks: ImageChecks;
  readonly docker: DockerOptions;
  readonly store: Store;
  readonly signal: AbortSignal;
}

/** Runs the smoke checks that are still due in Docker, before it delivers. */
export function checkedFirst(inner: Destination, checked: Checked): Destination {
  return {
    deliver: async (image) => {
      if (checked.checks.areDue(image)) await checkInDocker(image, checked);
      return inner.deliver(image);
    },
  };
}

async function checkInDocker(image: StoredImage, { checks, docker, store, signal }: Checked): Promise<void> {
  const id = await loadImage(image, { docker, tags: [], store });
  await checks.run(image, checkedInDocker(id, docker, signal)).catch(async (error: unknown) => {
    // Report the failed check, not an error while its container is removed.
    const { images } = await dockerResources(docker);
    await images.removeUnnamed(id).catch(() => undefined);
    throw error;
  });
}
