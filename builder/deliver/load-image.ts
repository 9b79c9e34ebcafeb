import { connectDocker, type DockerOptions } from '../engine/docker/docker-client.js';
import { loadImage as loadIntoDocker } from '../engine/docker/docker-load.js';
import type { StoredImage } from '../image/image.js';
import type { Store } from '../store/store.js';
import { rememberLoaded } from '../open/loaded-images.js';

/** Brings an image into Docker under these tags, sending only the layers that it lacks; gives Docker's id of it. */
export async function loadImage(
  image: StoredImage,
  { docker, tags, store }: { docker: DockerOptions; tags: readonly string[]; store: Store },
): Promise<string> {
  const client = await connectDocker(docker);
  const { id } = await loadIntoDocker(client, { ...image, tags });
  rememberLoaded(image, store);
  return id;
}
