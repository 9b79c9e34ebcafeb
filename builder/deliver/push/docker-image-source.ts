import { gzipLayer } from '../../image/import-layers.js';
import type { StoredLayer } from '../../image/layer.js';
import { packImage } from '../../image/pack-image.js';
import { findLayer, rememberLayer } from '../../image/write-layer.js';
import type { ImageSource } from '../../registry/push/image-source.js';
import { type Digest, digestOf } from '../../store/digest.js';
import type { Store } from '../../store/store.js';
import type { BuildContext } from '../../context.js';
import { findLoaded } from '../../open/loaded-images.js';
import { dockerConfig, findDockerImage } from '../../open/open-docker-image.js';
import type { DockerExport } from '../../open/docker-export.js';
import { storedImage } from '../../open/stored-image.js';
import { imageSource } from './image-source.js';

const level = 6;

interface Surroundings {
  readonly store: Store;
  readonly context: BuildContext;
}

/**
 * An image in Docker, for a push. An image that platen loaded is pushed as it was built. Of other images, Docker keeps the
 * configuration and unpacked layers, which are compressed here and kept in the store.
 * @throws BuilderError `not-found`
 */
export async function dockerImageSource(
  name: string,
  { store, context }: Surroundings,
): Promise<ImageSource> {
  const { reporter, signal } = context;
  const { found, exported } = await findDockerImage(name, { ...context, store });
  const loaded = findLoaded(found.facts.Id as Digest, store);
  if (loaded !== undefined) return imageSource(storedImage(loaded, store));
  const step = `take ${name} from Docker`;
  const started = performance.now();
  reporter.report({ kind: 'step-started', name: step });
  await exported.fetch(found.facts.Id as Digest);
  const { bytes, config } = dockerConfig(found, store);
  const layers: StoredLayer[] = [];
  let cached = true;
  for (const diffId of config.rootfs.diff_ids) {
    signal.throwIfAborted();
    const known = findLayer(keyOf(diffId), store);
    cached &&= known !== undefined;
    layers.push(known ?? (await compressLayer(diffId, exported, store)));
  }
  reporter.report({ kind: 'step-done', name: step, cached, ms: performance.now() - started, changed: true });
  return imageSource(packImage(bytes, layers, store));
}

async function compressLayer(diffId: Digest, exported: DockerExport, store: Store): Promise<StoredLayer> {
  await exported.keep(diffId);
  const layer = await gzipLayer(diffId, store, level);
  rememberLayer(keyOf(diffId), layer, store);
  return layer;
}

function keyOf(diffId: Digest): Digest {
  return digestOf(JSON.stringify(['docker', 'gzip', level, diffId]));
}
