import type { Store } from '../store/store.js';
import type { Layer } from './layer.js';

/** Stores a layer's tar unless it is there. @throws BuilderError `invalid` for a damaged one */
export async function keepTar({ diffId, open }: Layer, store: Store): Promise<void> {
  if (store.has(diffId)) return;
  const writer = store.writer();
  try {
    for await (const chunk of open()) await writer.write(chunk as Buffer);
    await writer.finish();
  } catch (error) {
    await writer.abort();
    throw error;
  }
}
