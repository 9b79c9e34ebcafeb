import type { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { connectDocker, dockerError, type DockerOptions } from './docker-client.js';
import { inspectImage } from './docker-load.js';

/** What an engine tells of an image that it has. */
export interface DockerImage {
  readonly facts: Docker.ImageInspectInfo;
  /** The newest first, with steps that made no layer. */
  readonly history: readonly {
    readonly CreatedBy: string;
    readonly Comment: string;
    readonly Size: number;
  }[];
}

/** What the engine knows of an image, by name or id; undefined where it has none of that name. @throws BuilderError `unavailable` where no engine answers */
export async function describeImage(options: DockerOptions, name: string): Promise<DockerImage | undefined> {
  const docker = await connectDocker(options);
  try {
    const facts = await inspectImage(docker, name);
    if (facts === undefined) return undefined;
    return { facts, history: (await docker.getImage(facts.Id).history()) as DockerImage['history'] };
  } catch (error) {
    throw dockerError(error, `look at the image ${name}`);
  }
}

/** The names of all images of the engine. */
export async function listImageNames(options: DockerOptions): Promise<string[]> {
  const docker = await connectDocker(options);
  try {
    const images = await docker.listImages();
    return images.flatMap(({ RepoTags }) => RepoTags ?? []).filter((name) => !name.startsWith('<none>'));
  } catch (error) {
    throw dockerError(error, 'list the images');
  }
}

/** An archive with the image as `docker save` writes it. */
export async function exportImage(options: DockerOptions, id: string): Promise<Readable> {
  const docker = await connectDocker(options);
  try {
    return (await docker.getImage(id).get()) as Readable;
  } catch (error) {
    throw dockerError(error, 'read the image from Docker');
  }
}
