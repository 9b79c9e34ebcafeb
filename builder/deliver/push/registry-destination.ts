import type { BuildContext } from '../../context.js';
import type { Store } from '../../store/store.js';
import type { Destination } from '../destination.js';
import { imageSource } from './image-source.js';
import type { PushChoices } from './push-choices.js';

interface RegistryWanted {
  /** Names for the image, each with a registry. */
  readonly names: readonly string[];
  readonly choices: PushChoices;
  readonly store: Store;
  readonly context: Pick<BuildContext, 'environment' | 'signal' | 'reporter'>;
}

/** Pushes to registries. The code for it is loaded on delivery. */
export function registryDestination({ names, choices, store, context }: RegistryWanted): Destination {
  return {
    deliver: async (image) => {
      const { pushImage } = await import('./push-to-registries.js');
      const { report, scan } = await pushImage(imageSource(image), names, { choices, context, store });
      return { tags: names, pushed: report, ...(scan === undefined ? {} : { scan }) };
    },
  };
}
