import type { Engine } from '../engine/engine.js';
import type { Fragment } from '../plan/fragment.js';
import type { Store } from '../store/store.js';
import { plainBase } from './engine-layers.js';

/**
 * Lets the sandbox unpack a new base early, so that the first command need not wait. Ignores errors: they occur again, and
 * are reported, when a command needs the base.
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
