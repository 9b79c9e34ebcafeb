import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import type { DescribedImage } from '../engine/docker/resources/images.js';
import { BuilderError } from '../errors.js';
import { configSchema, type OciConfig } from '../image/oci-documents.js';
import { parseDocument } from '../image/source-image.js';
import { nameHint } from '../nearest-name.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { OpenContext, OpenedImage } from './image.js';
import { DockerExport } from './docker-export.js';

/** Opens an image in Docker. Takes layers from the store if it has them, as for images built here. @throws BuilderError `not-found` */
export async function openDockerImage(name: string, context: OpenContext): Promise<OpenedImage> {
  const { store } = context;
  const { found, exported } = await findDockerImage(name, context);
  const { facts, history } = found;
  const { config, bytes: configBytes } = dockerConfig(found, store);
  const sizes = history.map(({ Size }) => Size).filter((size) => size > 0);
  const diffIds = config.rootfs.diff_ids;
  const layers = diffIds.map((diffId, index) => {
    // Docker counts files only, so the tar is larger.
    const told = sizes.length === diffIds.length ? sizes.at(-1 - index) : undefined;
    return exported.layer(diffId, store.has(diffId) ? store.size(diffId) : told);
  });
  const documents = { manifest: undefined, configDigest: facts.Id as Digest, configBytes, config };
  return { name, from: 'docker', ...documents, layers };
}

/** Returns Docker's description of an image, and access to its contents. @throws BuilderError `not-found` */
export async function findDockerImage(
  name: string,
  { store, environment, signal }: Pick<OpenContext, 'store' | 'environment' | 'signal'>,
): Promise<{ found: DescribedImage; exported: DockerExport }> {
  const docker = { host: environment.DOCKER_HOST };
  const { images } = await dockerResources(docker);
  const found = await images.describe(name);
  if (found === undefined)
    throw new BuilderError(`Docker has no image "${name}"`, {
      code: 'not-found',
      hint: nameHint(name, await images.names()),
    });
  return { found, exported: new DockerExport(docker, found.facts.Id, { store, signal }) };
}

/** Returns the image's own configuration if the store has it, else Docker's version of it. */
export function dockerConfig(
  { facts, history }: DescribedImage,
  store: Store,
): { bytes: Buffer; config: OciConfig } {
  const id = facts.Id as Digest;
  // With Docker's containerd store, an id is a manifest's digest.
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
