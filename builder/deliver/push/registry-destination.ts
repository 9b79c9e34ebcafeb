import type { BuildContext } from '../../context.js';
import type { Store } from '../../store/store.js';
import type { Destination } from '../destination.js';
import { imageSource } from './image-source.js';
import type { PushChoices } from './push-choices.js';

interface RegistryWanted {
  /** What the image will be called, each with its registry. */
  readonly names: readonly string[];
  readonly choices: PushChoices;
  readonly store: Store;
  readonly context: Pick<BuildContext, 'environment' | 'signal' | 'reporter'>;
}

/** Registries. What that takes is loaded when an image is delivered. */
export function registryDestination({ names, choices, store, context }: RegistryWanted): Destination {
  return {
    deliver: async (image) => {
      const { pushImage } = await import('./push-to-registries.js');
      const { report, scan } = await pushImage(imageSource(image), names, { choices, context, store });
      return { tags: names, pushed: report, ...(scan === undefined ? {} : { scan }) };
    },
  };
}
