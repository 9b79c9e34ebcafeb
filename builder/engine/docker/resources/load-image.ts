import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import type Docker from 'dockerode';
import { BuilderError } from '../../../errors.js';
import { dockerError, hasStatus } from '../docker-client.js';
import type { EngineLayer } from '../../engine.js';
import { fileHeader, padding, tarTrailer } from '../../../tar/tar-header.js';

/** An image to load: its configuration's bytes, its layers from the lowest, and its names. */
export interface ImageToLoad {
  readonly configBytes: Buffer;
  readonly layers: readonly EngineLayer[];
  /** `name:tag`; may be empty. */
  readonly tags: readonly string[];
}

export interface LoadedImage {
  /** The engine's id: the configuration's digest, or with the containerd image store the manifest's. */
  readonly id: string;
  readonly sentLayers: number;
  /** Of the layers sent. */
  readonly sentBytes: number;
}

/** With fewer missing bytes, don't search all images of the engine for the layers. */
const cheapToSend = 1_000_000;

/**
 * Loads an image into the engine and tags it; sends only layers that the engine lacks. If it has all, one request
 * suffices.
 * @throws BuilderError `unavailable` if no engine answers, `failed` if the engine refuses
 */
export async function loadImage(docker: Docker, image: ImageToLoad): Promise<LoadedImage> {
  try {
    const id = `sha256:${createHash('sha256').update(image.configBytes).digest('hex')}`;
    const present = await inspectImage(docker, id);
    // The containerd image store would find it by its manifest's digest only.
    if (present?.Id === id) {
      await addTags(docker, id, missingTags(present.RepoTags, image.tags));
      return { id, sentLayers: 0, sentBytes: 0 };
    }
    const known = (await wantsEverything(docker)) ? 0 : await countKnownLayers(docker, image);
    return await sendMissing(docker, image, known);
  } catch (error) {
    throw dockerError(error, 'load the image into Docker');
  }
}

/** The engine's description of an image, by id or name; undefined if it has none. */
export async function inspectImage(
  docker: Docker,
  name: string,
): Promise<Docker.ImageInspectInfo | undefined> {
  try {
    return await docker.getImage(name).inspect();
  } catch (error) {
    if (hasStatus(error, 404)) return undefined;
    throw error;
  }
}

/** The containerd image store refuses archives with missing layers. */
async function wantsEverything(docker: Docker): Promise<boolean> {
  const { DriverStatus = [] } = (await docker.info()) as { DriverStatus?: string[][] };
  return DriverStatus.some((pair) => pair.some((word) => word.includes('io.containerd.snapshotter.v1')));
}

function missingTags(present: readonly string[] | null, wanted: readonly string[]): string[] {
  return wanted.filter((tag) => !present?.includes(tag));
}

async function addTags(docker: Docker, id: string, tags: readonly string[]): Promise<void> {
  for (const tag of tags) {
    const colon = tag.lastIndexOf(':');
    await docker.getImage(id).tag({ repo: tag.slice(0, colon), tag: tag.slice(colon + 1) });
  }
}

/** Number of the lowest layers that are in images of the engine. */
async function countKnownLayers(docker: Docker, { layers, tags }: ImageToLoad): Promise<number> {
  const shared = (image: Docker.ImageInspectInfo | undefined) =>
    countShared(image?.RootFS.Layers ?? [], layers);
  const named = await Promise.all(tags.map((tag) => inspectImage(docker, tag)));
  const best = Math.max(0, ...named.map(shared));
  if (sumSizes(layers.slice(best)) <= cheapToSend) return best;
  const all = await docker.listImages({ all: true });
  const others = await Promise.all(all.map(({ Id }) => inspectImage(docker, Id)));
  return Math.max(best, ...others.map(shared));
}

function countShared(present: readonly string[], layers: readonly EngineLayer[]): number {
  const differing = layers.findIndex(({ diffId }, index) => present[index] !== diffId);
  return differing === -1 ? layers.length : differing;
}

function sumSizes(layers: readonly EngineLayer[]): number {
  return layers.reduce((total, { size }) => total + size, 0);
}

async function sendMissing(docker: Docker, image: ImageToLoad, known: number): Promise<LoadedImage> {
  const missing = image.layers.slice(known);
  try {
    const id = await sendArchive(docker, image, known);
    return { id, sentLayers: missing.length, sentBytes: sumSizes(missing) };
  } catch (error) {
    // The layers may have been removed since they were counted, or the engine may require them all.
    if (known === 0 || /no space left/i.test(String(error))) throw error;
    return sendMissing(docker, image, 0);
  }
}

async function sendArchive(docker: Docker, image: ImageToLoad, known: number): Promise<string> {
  const archive = Readable.from(imageArchive(image, known), { objectMode: false });
  try {
    const progress = await docker.loadImage(archive, { quiet: true });
    return await loadedId(progress as unknown as Readable, docker);
  } finally {
    archive.destroy();
  }
}

/** An archive for `docker load` (Docker Image Specification v1.2): manifest.json, configuration, layers. */
export async function* imageArchive(
  { configBytes, layers, tags }: ImageToLoad,
  known: number,
): AsyncGenerator<Buffer> {
  const Config = `${createHash('sha256').update(configBytes).digest('hex')}.json`;
  const Layers = layers.map(({ diffId }, index) => `${index}-${diffId.replace('sha256:', '')}.tar`);
  const manifest = Buffer.from(JSON.stringify([{ Config, RepoTags: tags.length > 0 ? tags : null, Layers }]));
  yield* member('manifest.json', manifest);
  yield* member(Config, configBytes);
  for (const [index, layer] of layers.entries()) {
    if (index < known) continue;
    yield fileHeader(Layers[index] ?? '', layer.size);
    yield* layer.open() as AsyncIterable<Buffer>;
    yield padding(layer.size);
  }
  yield tarTrailer;
}

function member(name: string, bytes: Buffer): Buffer[] {
  return [fileHeader(name, bytes.length), bytes, padding(bytes.length)];
}

/** Reads the engine's answer, a JSON object per line: the last one has the image's name or an error. */
async function loadedId(answer: Readable, docker: Docker): Promise<string> {
  let text = '';
  for await (const chunk of answer) text += String(chunk);
  const events = text
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => JSON.parse(line) as { stream?: string; error?: string });
  const failed = events.find(({ error }) => error !== undefined);
  if (failed?.error !== undefined) throw new Error(failed.error);
  const name = /Loaded image(?: ID)?: (\S+)/.exec(events.map(({ stream = '' }) => stream).join(''))?.[1];
  // Don't inspect an untagged image: another build may have removed it. A session then loads it again.
  if (name?.startsWith('sha256:') === true) return name;
  const loaded = name === undefined ? undefined : await inspectImage(docker, name);
  if (loaded === undefined) {
    throw new BuilderError('The Docker engine accepted the image, but does not list it', { code: 'failed' });
  }
  return loaded.Id;
}
