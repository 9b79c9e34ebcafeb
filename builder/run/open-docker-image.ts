import type { Readable } from 'node:stream';
import { type DockerImage, describeImage, exportImage, listImageNames } from '../engine/docker-image.js';
import type { DockerOptions } from '../engine/docker-client.js';
import { BuilderError } from '../errors.js';
import { layerNames } from '../image/layer-names.js';
import { configSchema, type OciConfig } from '../image/oci-documents.js';
import { parseDocument } from '../image/source-image.js';
import { nameHint } from '../spec/nearest-name.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { importSavedImage } from './import-saved-image.js';
import type { OpenContext, OpenedImage, OpenedLayer } from './opened-image.js';

/** Opens an image that Docker has. Layers that the store has already, as of images built here, are not asked of Docker. @throws BuilderError `not-found` */
export async function openDockerImage(
  name: string,
  { store, environment }: OpenContext,
): Promise<OpenedImage> {
  const docker = { host: environment.DOCKER_HOST };
  const found = await describeImage(docker, name);
  if (found === undefined)
    throw new BuilderError(`Docker has no image "${name}"`, {
      code: 'not-found',
      hint: nameHint(name, await listImageNames(docker)),
    });
  const { facts, history } = found;
  const config = configOf(found, store);
  const names = layerNames(config);
  const sizes = history.map(({ Size }) => Size).filter((size) => size > 0);
  const contents = new SavedLayers(docker, facts.Id, store);
  const layers = config.rootfs.diff_ids.map((diffId, index): OpenedLayer => {
    const told = sizes.length === config.rootfs.diff_ids.length ? sizes.at(-1 - index) : undefined;
    return {
      name: names[index] ?? '',
      diffId,
      // Docker counts the files; the tar is larger.
      unpacked: store.has(diffId) ? store.size(diffId) : told,
      open: () => contents.open(diffId),
    };
  });
  return { name, from: 'docker', configDigest: facts.Id as Digest, config, layers };
}

/** The image's own configuration where the store has it, else what Docker makes of it. */
function configOf({ facts, history }: DockerImage, store: Store): OciConfig {
  const id = facts.Id as Digest;
  if (store.has(id))
    return parseDocument(id, store.read({ blob: id, offset: 0, size: store.size(id) }), configSchema);
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
  return parseDocument(`Docker's description of ${id}`, Buffer.from(text), configSchema);
}

/** Layers of one image, brought into the store all at once when the first is needed that it lacks. */
class SavedLayers {
  readonly #docker: DockerOptions;
  readonly #id: string;
  readonly #store: Store;
  #saved: Promise<void> | undefined;

  constructor(docker: DockerOptions, id: string, store: Store) {
    this.#docker = docker;
    this.#id = id;
    this.#store = store;
  }

  async open(diffId: Digest): Promise<Readable> {
    if (!this.#store.has(diffId)) await (this.#saved ??= this.#save());
    if (this.#store.has(diffId)) return this.#store.open(diffId);
    throw new BuilderError(`Docker gave no layer ${diffId} of ${this.#id}`, { code: 'failed' });
  }

  async #save(): Promise<void> {
    await importSavedImage(await exportImage(this.#docker, this.#id), this.#store);
  }
}
