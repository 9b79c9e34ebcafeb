import type Docker from 'dockerode';
import { inspectImage } from '../docker-load.js';
import { type Labels, asking } from './asking.js';

/** What runs where nothing else is said: the image's own configuration. */
export interface EngineImage {
  /** As the engine calls it: the configuration's digest, or with the containerd image store the manifest's. */
  readonly id: string;
  readonly names: readonly string[];
  readonly labels: Labels;
  readonly volumes: readonly string[];
  readonly user: string;
  readonly environment: readonly string[];
  readonly entrypoint: readonly string[];
  readonly command: readonly string[];
  /** As `HEALTHCHECK` has it: `["CMD", …]`; empty for none. */
  readonly healthCheck: readonly string[];
  /** When it was made: ISO 8601. */
  readonly created: string;
}

/** The images of an engine. */
export class Images {
  readonly #docker: Docker;

  constructor(docker: Docker) {
    this.#docker = docker;
  }

  /** By name or id; undefined where the engine has none. */
  async find(name: string): Promise<EngineImage | undefined> {
    const found = await asking(`look at the image ${name}`, () => inspectImage(this.#docker, name));
    return found === undefined ? undefined : factsOf(found);
  }
}

function factsOf({ Id, RepoTags, Config, Created }: Docker.ImageInspectInfo): EngineImage {
  // Absent in images that other programs made, whatever dockerode's types say.
  const config: Partial<typeof Config> = Config ?? {};
  const list = (value: string | string[] | undefined | null): string[] => [value ?? []].flat();
  return {
    id: Id,
    names: RepoTags ?? [],
    labels: config.Labels ?? {},
    volumes: Object.keys(config.Volumes ?? {}),
    user: config.User ?? '',
    environment: config.Env ?? [],
    entrypoint: list(config.Entrypoint),
    command: list(config.Cmd),
    healthCheck: config.Healthcheck?.Test ?? [],
    created: Created,
  };
}
