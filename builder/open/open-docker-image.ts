import { type DockerImage, describeImage, listImageNames } from '../engine/docker/docker-image.js';
import { BuilderError } from '../errors.js';
import { layerNames } from '../image/layer-names.js';
import { configSchema, type OciConfig } from '../image/oci-documents.js';
import { parseDocument } from '../image/source-image.js';
import { nameHint } from '../nearest-name.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { OpenContext, OpenedImage, OpenedLayer } from './image.js';
import { SavedImage } from './docker-export.js';

/** Opens an image that Docker has. Layers that the store has already, as of images built here, are not asked of Docker. @throws BuilderError `not-found` */
export async function openDockerImage(name: string, context: OpenContext): Promise<OpenedImage> {
  const { store } = context;
  const { found, saved } = await findDockerImage(name, context);
  const { facts, history } = found;
  const { config } = dockerConfig(found, store);
  const names = layerNames(config);
  const sizes = history.map(({ Size }) => Size).filter((size) => size > 0);
  const layers = config.rootfs.diff_ids.map((diffId, index): OpenedLayer => {
    const told = sizes.length === config.rootfs.diff_ids.length ? sizes.at(-1 - index) : undefined;
    return {
      name: names[index] ?? '',
      diffId,
      // Docker counts the files; the tar is larger.
      unpacked: store.has(diffId) ? store.size(diffId) : told,
      open: () => saved.open(diffId),
    };
  });
  return { name, from: 'docker', configDigest: facts.Id as Digest, config, layers };
}

/** What Docker says of an image, and the way to its contents. @throws BuilderError `not-found` */
export async function findDockerImage(
  name: string,
  { store, environment, signal }: Pick<OpenContext, 'store' | 'environment' | 'signal'>,
): Promise<{ found: DockerImage; saved: SavedImage }> {
  const docker = { host: environment.DOCKER_HOST };
  const found = await describeImage(docker, name);
  if (found === undefined)
    throw new BuilderError(`Docker has no image "${name}"`, {
      code: 'not-found',
      hint: nameHint(name, await listImageNames(docker)),
    });
  return { found, saved: new SavedImage(docker, found.facts.Id, { store, signal }) };
}

/** The image's own configuration where the store has it, else what Docker makes of it. */
export function dockerConfig(
  { facts, history }: DockerImage,
  store: Store,
): { bytes: Buffer; config: OciConfig } {
  const id = facts.Id as Digest;
  // By Docker's containerd store an id is a manifest's.
  const stored = store.has(id) ? store.read({ blob: id, offset: 0, size: store.size(id) }) : undefined;
  if (stored !== undefined && 'rootfs' in (JSON.parse(stored.toString('utf8')) as object))
    return { bytes: stored, config: parseDocument(id, stored, configSchema) };
  const { Architecture, Os, Created, Config, RootFS } = facts;
  const steps = history.map(({ CreatedBy, Comment, Size }) => ({
    created_by: CreatedBy,
    comment: Comment,
    empty_layer: Size === 0,
  }));
  const text = JSON.stringify({
    architecture: Architecture,
    os: Os,
    ...('Variant' in facts && facts.Variant ? { variant: facts.Variant } : {}),
    created: Created,
    config: Config,
    rootfs: { type: 'layers', diff_ids: RootFS.Layers ?? [] },
    history: steps.reverse(),
  });
  const bytes = Buffer.from(text);
  return { bytes, config: parseDocument(`Docker's description of ${id}`, bytes, configSchema) };
}
