import type { Duplex } from 'node:stream';
import type Docker from 'dockerode';
import { connectDocker, dockerError, hasStatus, type DockerOptions } from './docker-client.js';
import { inspectImage, loadImage } from './docker-load.js';
import { DockerSession, removeContainer } from './docker-session.js';
import { lacksPrograms } from './session-programs.js';
import type { Engine, EngineLayer, Session } from '../engine.js';

/** The label of all containers and images that only sessions use. */
export const sessionLabel = 'platen.session';

/** How often an image is loaded that goes before a container stands on it. */
const maxTries = 10;

type OpenOptions = Parameters<Engine['open']>[1];

/** Runs exec steps in containers of a Docker engine (API 1.41 or later). */
export function dockerEngine(options: DockerOptions = {}): Engine {
  return {
    name: 'docker',
    open: (layers, openOptions) => openSession(options, layers, openOptions),
  };
}

async function openSession(
  options: DockerOptions,
  layers: readonly EngineLayer[],
  { platform, signal }: OpenOptions,
): Promise<Session> {
  const container = await startSessionContainer(options, layers, { platform });
  return new DockerSession(container, { host: options.host, signal });
}

/**
 * Starts a container over these layers that does nothing and ends with the builder, however that ends; its image is one
 * that `removeSessionImages` removes.
 * @throws BuilderError `unavailable` where no engine answers, `failed` where it does not start
 */
export async function startSessionContainer(
  options: DockerOptions,
  layers: readonly EngineLayer[],
  { platform, rights = {} }: { readonly platform: string; readonly rights?: Docker.HostConfig },
): Promise<Docker.Container> {
  const docker = await connectDocker(options);
  const image = { configBytes: sessionConfig(layers, platform), layers, tags: [] };
  for (let tries = 1; ; tries += 1) {
    const { id } = await loadImage(docker, image);
    try {
      return await startKeeper(docker, id, rights);
    } catch (error) {
      if (/exec: "cat"|executable file not found/.test(String(error))) throw lacksPrograms(['cat']);
      // A build that ends just now sweeps images on which no container stands yet; the engine has many words for it.
      const swept = hasStatus(error, 404) || (await isGone(docker, id));
      if (!swept || tries === maxTries) throw dockerError(error, 'start a container');
    }
  }
}

function isGone(docker: Docker, id: string): Promise<boolean> {
  return inspectImage(docker, id).then(
    (image) => image === undefined,
    () => false,
  );
}

/** The configuration of an image that is nothing but its layers: the same layers give the same image. */
function sessionConfig(layers: readonly EngineLayer[], platform: string): Buffer {
  const [os, architecture, variant] = platform.split('/');
  const config = {
    architecture,
    ...(variant === undefined ? {} : { variant }),
    os,
    config: { Labels: { [sessionLabel]: '1' } },
    rootfs: { type: 'layers', diff_ids: layers.map(({ diffId }) => diffId) },
  };
  return Buffer.from(JSON.stringify(config));
}

/**
 * Starts a container that lives as long as its standard input, which is a connection of this process: when the
 * builder ends, however that happens, `cat` reads the end of it and the engine removes the container.
 */
async function startKeeper(
  docker: Docker,
  image: string,
  rights: Docker.HostConfig,
): Promise<Docker.Container> {
  const container = await docker.createContainer({
    Image: image,
    Cmd: ['cat'],
    Labels: { [sessionLabel]: '1' },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: { AutoRemove: true, NetworkMode: 'host', LogConfig: { Type: 'none', Config: {} }, ...rights },
  });
  try {
    const stdin = (await container.attach({ stream: true, stdin: true, hijack: true })) as unknown as Duplex;
    stdin.on('error', () => undefined).resume();
    // It must not keep a builder alive that has nothing more to do.
    (stdin as Duplex & { unref?(): void }).unref?.();
    await container.start();
    return container;
  } catch (error) {
    await removeContainer(container);
    throw error;
  }
}

/** Removes the images that sessions left in the engine and that no container uses; layers that other images share stay. */
export async function removeSessionImages(options: DockerOptions = {}): Promise<void> {
  const docker = await connectDocker(options);
  try {
    const images = await docker.listImages({ filters: { label: [sessionLabel], dangling: ['true'] } });
    await Promise.all(images.map(({ Id }) => removeImage(docker, Id)));
  } catch (error) {
    throw dockerError(error, 'remove images of earlier builds');
  }
}

/** Removes an image that has no name; one that has keeps it, and stays. */
export async function removeUntaggedImage(options: DockerOptions, id: string): Promise<void> {
  const docker = await connectDocker(options);
  try {
    const image = await inspectImage(docker, id);
    if (image !== undefined && (image.RepoTags ?? []).length === 0) await removeImage(docker, id);
  } catch (error) {
    throw dockerError(error, 'remove the image');
  }
}

/** Removes an image; one that is gone or in use is no error. */
export async function removeImage(docker: Docker, name: string): Promise<void> {
  try {
    await docker.getImage(name).remove();
  } catch (error) {
    if (!hasStatus(error, 404, 409)) throw error;
  }
}
