import { join } from 'node:path';
import { chooseEngine } from '../engine/choose-engine.js';
import type { ForegroundStreams } from '../engine/docker/resources/attached.js';
import { dockerResources } from '../engine/docker/resources/docker-resources.js';
import type { Images } from '../engine/docker/resources/images.js';
import { runInForeground } from '../engine/docker/run-in-foreground.js';
import type { ContainerWanted } from '../engine/container-wanted.js';
import type { EngineLayer } from '../engine/engine.js';
import { SandboxContainer } from '../engine/sandbox/sandbox-container.js';
import { keepTar } from '../image/keep-tar.js';
import { storedTar } from '../image/stored-layer.js';
import { BuilderError } from '../errors.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import type { EngineChoice } from '../engine/engine-choice.js';
import { containerLayers } from '../containers/container-layers.js';
import { type ContainerChanges, containerSettings } from '../containers/container-settings.js';
import { openImage } from '../open/open-image.js';
import type { OpenContext } from '../open/image.js';

/** The options of `platen run`. */
export interface RunRequest extends ContainerChanges {
  readonly image: string;
  readonly engine: EngineChoice;
}

/** What the caller provides. */
export interface RunContext extends Omit<OpenContext, 'store'> {
  readonly streams: ForegroundStreams;
  /** Prints notes for the user before the container's own output. */
  note(text: string): void;
}

/** Runs a container of an image to its end, and returns its exit code. @throws BuilderError */
export async function runImage(request: RunRequest, context: RunContext): Promise<number> {
  const { environment, signal } = context;
  const folder = join(cacheFolder(environment), 'sandbox');
  const engine = await chooseEngine(request.engine, { host: environment.DOCKER_HOST, folder });
  const exitCode = await (engine.name === 'sandbox'
    ? inSandbox(request, context, folder)
    : inDocker(request, context));
  if (signal.aborted) throw new BuilderError('Interrupted', { code: 'interrupted' });
  return exitCode;
}

async function inSandbox(request: RunRequest, context: RunContext, folder: string): Promise<number> {
  const { ports, container } = await openContainer(request, context, folder);
  const { signal, streams } = context;
  try {
    context.note(networkNote(ports));
    if (streams.terminal) {
      const remove = () => void container.remove().catch(() => undefined);
      signal.addEventListener('abort', remove, { once: true });
      return await container.runOnTerminal();
    }
    return await throughPipes(container, streams, signal);
  } finally {
    await container.remove();
  }
}

/** Closes the store as soon as the container can start. */
async function openContainer(request: RunRequest, context: RunContext, folder: string) {
  using store = openStore(cacheFolder(context.environment));
  const image = await openImage(request.image, { ...context, store });
  const wanted: ContainerWanted = containerSettings(image.config, request);
  const layers: EngineLayer[] = await containerLayers(image.layers, store);
  const ports = Object.keys(image.config.config?.ExposedPorts ?? {});
  return { ports, container: await SandboxContainer.open({ folder, layers }, wanted) };
}

function networkNote(ports: readonly string[]): string {
  const [is, publishes] = ports.length === 1 ? ['is', 'publishes it'] : ['are', 'publishes them'];
  const unpublished =
    ports.length === 0 ? '' : `: ${ports.join(', ')} ${is} not published (--engine docker ${publishes})`;
  return `The container has no network but its own loopback${unpublished}`;
}

async function throughPipes(
  container: SandboxContainer,
  streams: ForegroundStreams,
  signal: AbortSignal,
): Promise<number> {
  const { stdin, stdout, stderr, exitCode } = await container.start();
  const stop = () => void container.stop(exitCode).catch(() => undefined);
  signal.addEventListener('abort', stop, { once: true });
  if (signal.aborted) stop();
  streams.stdin.pipe(stdin);
  const written = [stdout.pipe(streams.stdout, { end: false }), stderr.pipe(streams.stderr, { end: false })];
  const said = [stdout, stderr].map((stream) => new Promise((resolve) => stream.once('close', resolve)));
  try {
    const code = await exitCode;
    await Promise.all(said);
    await Promise.all(written.map((stream) => new Promise((resolve) => stream.write('', resolve))));
    return code;
  } finally {
    signal.removeEventListener('abort', stop);
    streams.stdin.unpipe(stdin).pause();
  }
}

async function inDocker(request: RunRequest, context: RunContext): Promise<number> {
  const docker = { host: context.environment.DOCKER_HOST };
  const { images } = await dockerResources(docker);
  const { id, isNew } = await loadForRun(images, request, context);
  try {
    const onPorts = (ports: ReadonlyMap<string, number>) => {
      for (const [name, port] of ports) context.note(`${name} is at 127.0.0.1:${port}`);
    };
    const { environment, entrypoint, command } = request;
    const wanted = { image: id, entrypoint, command, environment, signal: context.signal, onPorts };
    return await runInForeground(docker, wanted, context.streams);
  } finally {
    if (isNew) await images.removeUnnamed(id).catch(() => undefined);
  }
}

/** The image in Docker; `isNew` if it was loaded now. */
async function loadForRun(
  images: Images,
  request: RunRequest,
  context: RunContext,
): Promise<{ id: string; isNew: boolean }> {
  using store = openStore(cacheFolder(context.environment));
  const image = await openImage(request.image, { ...context, store });
  containerSettings(image.config, request);
  if (image.from === 'docker') return { id: image.configDigest, isNew: false };
  for (const layer of image.layers) await keepTar(layer, store);
  const layers = image.layers.map(({ diffId }) => storedTar(diffId, store));
  const isNew = (await images.find(image.configDigest)) === undefined;
  const { id } = await images.load({ ...image, layers, tags: [] });
  return { id, isNew };
}
