import type { StoredImage } from '../image/image.js';
import type { Delivered, Destination } from './destination.js';

/** Delivers an image to each destination in order, and merges their results. @throws BuilderError at the first failure */
export async function deliverImage(
  image: StoredImage,
  destinations: readonly Destination[],
): Promise<Delivered> {
  let all: Delivered = {};
  for (const destination of destinations) {
    const one = await destination.deliver(image);
    const tags = [...new Set([...(all.tags ?? []), ...(one.tags ?? [])])];
    all = { ...all, ...one, tags };
  }
  return all;
}
