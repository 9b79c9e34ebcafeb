import { type LayoutPlace, writeOciLayout } from '../image/oci-layout.js';
import type { Reporter } from '../reporter.js';
import type { Store } from '../store/store.js';
import type { Destination } from './destination.js';

interface LayoutWanted {
  readonly place: LayoutPlace;
  readonly store: Store;
  readonly reporter: Reporter;
}

/** Writes an OCI layout with this image only. */
export function layoutDestination({ place, store, reporter }: LayoutWanted): Destination {
  return {
    deliver: (image) => {
      const started = performance.now();
      writeOciLayout(image, place, store);
      reporter.report({ kind: 'written', path: place.folder, ms: performance.now() - started });
      return Promise.resolve({});
    },
  };
}
