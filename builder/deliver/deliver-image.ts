import type { StoredImage } from '../image/image.js';
import type { Delivered, Destination } from './destination.js';

/** Brings an image to all of these places, one after the other, and gives what they tell together. @throws BuilderError at the first that fails */
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
