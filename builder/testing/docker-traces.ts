import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type Docker from 'dockerode';
import { connectDocker } from '../engine/docker/docker-client.js';

/** The diffID of the lowest layer of an OCI layout with one image. */
export function baseOfLayout(layout: string): string {
  const json = (path: string) => JSON.parse(readFileSync(join(layout, path), 'utf8')) as never;
  const blob = ({ digest }: { digest: string }) => json(join('blobs', digest.replace(':', '/')));
  const { manifests } = json('index.json') as { manifests: [{ digest: string }] };
  const { config } = blob(manifests[0]) as { config: { digest: string } };
  const { rootfs } = blob(config) as { rootfs: { diff_ids: [string] } };
  return rootfs.diff_ids[0];
}

/** Images and containers on one base layer in Docker. If only one test uses the layer, other builds may run meanwhile. */
export class DockerTraces {
  readonly #base: string;
  /** Whether images contain the base, by id. */
  readonly #known = new Map<string, boolean>();

  /** @param base diffID of the lowest layer */
  constructor(base: string) {
    this.#base = base;
  }

  /** Ids of all containers, ended ones included. */
  async containers(): Promise<string[]> {
    const docker = await connectDocker({ host: process.env.DOCKER_HOST });
    const [images, containers] = await Promise.all([this.#images(), docker.listContainers({ all: true })]);
    return containers.filter(({ ImageID }) => images.has(ImageID)).map(({ Id }) => Id);
  }

  /** Names of all images, or the id if there is none. */
  async images(): Promise<string[]> {
    return [...(await this.#images())].flatMap(([id, tags]) => (tags.length > 0 ? tags : [id]));
  }

  /** Waits for a container that runs such a command. */
  async running(command: string): Promise<string> {
    const docker = await connectDocker({ host: process.env.DOCKER_HOST });
    for (let tries = 0; tries < 600; tries += 1) {
      for (const id of await this.containers()) {
        const top = (await docker
          .getContainer(id)
          .top()
          .catch(() => ({ Processes: [] }))) as { Processes: string[][] };
        if (top.Processes.some((row) => row.at(-1)?.includes(command) === true)) return id;
      }
      await sleep(100);
    }
    throw new Error(`no container runs ${command}`);
  }

  /** Waits until no container is left; returns the milliseconds, or undefined after a minute. */
  async gone(): Promise<number | undefined> {
    const begin = performance.now();
    for (;;) {
      if ((await this.containers()).length === 0) return performance.now() - begin;
      if (performance.now() - begin > 60_000) return undefined;
      await sleep(100);
    }
  }

  async #images(): Promise<Map<string, string[]>> {
    const docker = await connectDocker({ host: process.env.DOCKER_HOST });
    const all = await docker.listImages({ all: true });
    const found = new Map<string, string[]>();
    for (const { Id, RepoTags } of all) {
      const isOurs = this.#known.get(Id) ?? (await this.#isOurs(docker, Id));
      if (isOurs) found.set(Id, RepoTags?.filter((tag) => tag !== '<none>:<none>') ?? []);
    }
    return found;
  }

  async #isOurs(docker: Docker, id: string): Promise<boolean> {
    // It may be removed meanwhile.
    const image = await docker
      .getImage(id)
      .inspect()
      .catch(() => undefined);
    if (image === undefined) return false;
    const isOurs = image.RootFS.Layers?.[0] === this.#base;
    this.#known.set(id, isOurs);
    return isOurs;
  }
}
