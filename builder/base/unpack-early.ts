import type { Engine } from '../engine/engine.js';
import type { Fragment } from '../plan/fragment.js';
import type { Store } from '../store/store.js';
import { plainBase } from './engine-layers.js';

/**
 * Has the sandbox unpack a base that was just made, so that the first command need not wait for it. What fails here fails
 * again, and is told, where a command needs it.
 */
export async function unpackEarly(
  fragment: Fragment,
  store: Store,
  engine: () => Promise<Engine>,
): Promise<void> {
  try {
    await (await engine()).prepare?.([plainBase(fragment, store)]);
  } catch {
    return;
  }
}
