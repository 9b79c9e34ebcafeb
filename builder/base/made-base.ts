import type { Fragment } from '../plan/fragment.js';
import type { BuildContext } from '../context.js';
import type { Entry } from '../tar/entry.js';
import type { NamedLayer, RunConfiguration } from '../image/assemble-image.js';
import type { Facts } from './facts.js';
import type { StoredLayer } from '../image/layer.js';

/** The result of making a base. */
export interface MadeBase {
  readonly entries: readonly Entry[];
  /** Set if the base is itself an image: its layers, the lowest first, and its run settings. */
  readonly image?: { readonly layers: readonly StoredLayer[]; readonly run: RunConfiguration } | undefined;
}

/** The context for making a base. */
export interface BaseContext extends BuildContext {
  /** Resolve locked tags again. */
  readonly updateLock: boolean;
  /** Called when a base is bootstrapped, while its layer is still compressed. */
  onMade?(fragment: Fragment): Promise<void>;
}

/** The base of an image: layers and their contents, run settings, and the facts that playbooks see. */
export interface PreparedBase {
  readonly name: string;
  readonly fragment: Fragment;
  /** Lowest first. */
  readonly layers: readonly NamedLayer[];
  /** Run settings of a base image. */
  readonly run: RunConfiguration;
  readonly facts: Facts;
  readonly cached: boolean;
}
