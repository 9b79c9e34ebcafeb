import type { Engine, EngineLayer, Session } from '../engine.js';
import { type DockerOptions, hasStatus } from './docker-client.js';
import { DockerSession } from './docker-session.js';
import type { KeptContainer } from './kept-container.js';
import type { ContainerOptions, Containers } from './resources/containers.js';
import { type DockerResources, dockerResources } from './resources/docker-resources.js';
import { lacksPrograms } from './session-programs.js';

/** The label of all containers and images of sessions. */
export const sessionLabel = 'platen.session';

/** How often to load an image that is removed before its container is created. */
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
  const kept = await startSessionContainer(options, layers, { platform });
  return new DockerSession(kept, { host: options.host, signal });
}

/**
 * Starts an idle container over these layers, which ends with the builder, even if that is killed. `removeSessionImages`
 * removes its image.
 * @throws BuilderError `unavailable` if no engine answers, `failed` if it does not start
 */
export async function startSessionContainer(
  options: DockerOptions,
  layers: readonly EngineLayer[],
  { platform, rights = {} }: { readonly platform: string; readonly rights?: ContainerOptions['HostConfig'] },
): Promise<KeptContainer> {
  const docker = await dockerResources(options);
  const { containers, images } = docker;
  const image = { configBytes: sessionConfig(layers, platform), layers, tags: [] };
  for (let tries = 1; ; tries += 1) {
    const { id } = await images.load(image);
    try {
      return { containers, id: await startKeeper(containers, id, rights) };
    } catch (error) {
      if (/exec: "cat"|executable file not found/.test(String(error))) throw lacksPrograms(['cat']);
      // A build that ends now may have removed the image, which no container used yet; the engine's error varies.
      const swept = hasStatus(error, 404) || (await isGone(docker, id));
      if (!swept || tries === maxTries) throw error;
    }
  }
}

function isGone({ images }: DockerResources, id: string): Promise<boolean> {
  return images.find(id).then(
    (image) => image === undefined,
    () => false,
  );
}

/** A minimal configuration over the layers: the same layers give the same image. */
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
 * Starts a container that runs `cat` on a connection of this process. When the builder ends, even if it is killed, `cat`
 * reads the end of its input, and the engine removes the container.
 */
async function startKeeper(
  containers: Containers,
  image: string,
  rights: ContainerOptions['HostConfig'],
): Promise<string> {
  const id = await containers.create(undefined, {
    Image: image,
    Cmd: ['cat'],
    Labels: { [sessionLabel]: '1' },
    OpenStdin: true,
    StdinOnce: true,
    AttachStdin: true,
    HostConfig: { AutoRemove: true, NetworkMode: 'host', LogConfig: { Type: 'none', Config: {} }, ...rights },
  });
  try {
    await containers.startHeld(id);
    return id;
  } catch (error) {
    await containers.remove(id);
    throw error;
  }
}

/** Removes images of sessions that no container uses. Layers shared with other images stay. */
export async function removeSessionImages(options: DockerOptions = {}): Promise<void> {
  const { images } = await dockerResources(options);
  const left = await images.unnamed({ [sessionLabel]: '' });
  await Promise.all(left.map((id) => images.remove(id)));
}
