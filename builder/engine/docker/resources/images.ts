import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { hasStatus } from '../docker-client.js';
import { type Labels, asking, labelFilter } from './asking.js';
import { type ImageToLoad, type LoadedImage, inspectImage, loadImage } from './load-image.js';

/** The defaults in an image's configuration. */
export interface EngineImage {
  /** The engine's id: the configuration's digest, or with the containerd image store the manifest's. */
  readonly id: string;
  readonly names: readonly string[];
  readonly labels: Labels;
  readonly volumes: readonly string[];
  /** Like `8080/tcp`. */
  readonly exposedPorts: readonly string[];
  readonly user: string;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** From `HEALTHCHECK`: `["CMD", …]`; empty for none. */
  readonly healthCheck: readonly string[];
  /** Time of creation: ISO 8601. */
  readonly created: string;
}

/** All that the engine knows about an image. */
export interface DescribedImage {
  readonly facts: Docker.ImageInspectInfo;
  /** The newest first, including steps without a layer. */
  readonly history: readonly {
    readonly CreatedBy: string;
    readonly Comment: string;
    readonly Size: number;
  }[];
}

/** The images of an engine. */
export class Images {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** By name or id; undefined if the engine has none. */
  async find(name: string): Promise<EngineImage | undefined> {
    const found = await asking(`look at the image ${name}`, () => inspectImage(this.#docker, name));
    return found === undefined ? undefined : factsOf(found);
  }

  /** Like `find`, with its history and the engine's raw answer. */
  async describe(name: string): Promise<DescribedImage | undefined> {
    return asking(`look at the image ${name}`, async () => {
      const facts = await inspectImage(this.#docker, name);
      if (facts === undefined) return undefined;
      const history = (await this.#docker.getImage(facts.Id).history()) as DescribedImage['history'];
      return { facts, history };
    });
  }

  /** The names of all images. */
  async names(): Promise<string[]> {
    const images = await asking('list the images', () => this.#docker.listImages());
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => !name.startsWith('<none>'));
  }

  /** The ids of untagged images with these labels. */
  async unnamed(labels: Labels): Promise<string[]> {
    const filters = { label: labelFilter(labels), dangling: ['true'] };
    const images = await asking('list the images', () => this.#docker.listImages({ filters }));
    return images.map(({ Id }) => Id);
  }

  /** The image as an archive of `docker save`. */
  async export(id: string): Promise<Readable> {
    return asking(
      'read the image from Docker',
      async () => (await this.#docker.getImage(id).get()) as Readable,
    );
  }

  /** Loads an image and tags it; sends only layers that the engine lacks. If it has all, one request suffices. */
  async load(image: ImageToLoad): Promise<LoadedImage> {
    return asking('load the image into Docker', () => loadImage(this.#docker, image));
  }

  /** Removes an image; does nothing if it is gone or in use. */
  async remove(name: string): Promise<void> {
    await asking('remove the image', async () => {
      await this.#docker
        .getImage(name)
        .remove()
        .catch((error: unknown) => {
          if (!hasStatus(error, 404, 409)) throw error;
        });
    });
  }

  /** Removes an untagged image; keeps a tagged one. */
  async removeUnnamed(id: string): Promise<void> {
    if ((await this.find(id))?.names.length === 0) await this.remove(id);
  }
}

function factsOf({ Id, RepoTags, Config, Created }: Docker.ImageInspectInfo): EngineImage {
  // Images of other programs may lack it, in spite of dockerode's types.
  const config: Partial<typeof Config> = Config ?? {};
  const list = (value: string | string[] | undefined | null): string[] => [value ?? []].flat();
  return {
    id: Id,
    names: RepoTags ?? [],
    labels: config.Labels ?? {},
    volumes: Object.keys(config.Volumes ?? {}),
    exposedPorts: Object.keys(config.ExposedPorts ?? {}),
    user: config.User ?? '',
    environment: config.Env ?? [],
    entrypoint: list(config.Entrypoint),
    command: list(config.Cmd),
    healthCheck: config.Healthcheck?.Test ?? [],
    created: Created,
  };
}
