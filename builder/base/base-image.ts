import { BuilderError } from '../errors.js';
import { importLayers } from '../image/import-layers.js';
import { runOf } from '../image/inherit-run.js';
import type { PackedImage } from '../image/image.js';
import { readOciLayout } from '../image/read-oci-layout.js';
import { formatReference } from '../registry/reference.js';
import type { ImageSpec } from '../spec/image-spec.js';
import type { Store } from '../store/store.js';
import type { BaseContext } from './made-base.js';
import type { MadeBase } from './made-base.js';
import { lockReference, lockedReference } from './base-lock.js';
import { withFetched } from '../open/fetch-image.js';
import { progressLine } from '../open/fetch-image.js';

type LayoutBase = Extract<ImageSpec['base'], { kind: 'oci' }>;
type RegistryBase = Extract<ImageSpec['base'], { kind: 'image' }>;

/** Identifies a layout by its image's digest, independent of its path. @throws BuilderError `invalid` if it is not a layout */
export function layoutDigest({ base, platform }: ImageSpec): string {
  return readOciLayout((base as LayoutBase).path, { platform }).manifest.digest;
}

/** Identifies an image in a registry by its digest, independent of its name; undefined if its tag was never resolved. */
export function registryDigest(spec: ImageSpec): string | undefined {
  return lockedReference(spec, (spec.base as RegistryBase).reference, 'base')?.digest;
}

/** Imports the layers of an image in a layout. */
export function importLayout(spec: ImageSpec, store: Store): Promise<MadeBase> {
  const { base, platform } = spec;
  return importImage(readOciLayout((base as LayoutBase).path, { platform }), spec, store);
}

/** Imports the layers of an image in a registry. @throws RegistryError, BuilderError */
export async function importRemote(spec: ImageSpec, store: Store, context: BaseContext): Promise<MadeBase> {
  const { reference: name } = spec.base as RegistryBase;
  const reference = await lockReference(spec, { name, part: 'base' }, { ...context, updateLock: false });
  const { environment, signal, reporter } = context;
  const fetch = {
    store,
    platform: spec.platform,
    environment,
    signal,
    onProgress: ({ done, size }: { done: number; size: number }) =>
      reporter.report({ kind: 'step-output', text: progressLine(done, size) }),
  };
  return withFetched(reference, fetch, ({ image }) => importImage(image, spec, store)).catch(
    (error: unknown) => {
      throw goneWith(error, formatReference(reference));
    },
  );
}

/** Explains that a locked image may be gone from the registry: its tag may name another image now. */
function goneWith(error: unknown, reference: string): unknown {
  if (!(error instanceof BuilderError) || error.code !== 'not-found') return error;
  const hint = `if ${reference} is gone from the registry, look the tag up again: platen build --update-lock`;
  return new BuilderError(error.message, { code: error.code, hint, cause: error });
}

async function importImage(image: PackedImage, spec: ImageSpec, store: Store): Promise<MadeBase> {
  const { entries, layers } = await importLayers(image.layers, store, spec.compression.level);
  return { entries, image: { layers, run: runOf(image.config) } };
}
