import type { DockerOptions } from '../engine/docker/docker-client.js';
import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import type { StoredImage } from '../image/image.js';
import type { Store } from '../store/store.js';
import { rememberLoaded } from '../open/loaded-images.js';

/** Loads an image into Docker under these tags, sending only missing layers; returns its id in Docker. */
export async function loadImage(
  image: StoredImage,
  { docker, tags, store }: { docker: DockerOptions; tags: readonly string[]; store: Store },
): Promise<string> {
  const { images } = await dockerResources(docker);
  const { id } = await images.load({ ...image, tags });
  rememberLoaded(image, store);
  return id;
}
