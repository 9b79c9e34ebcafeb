import type { OciConfig } from '../image/oci-documents.js';
import { runOf } from '../image/inherit-run.js';
import { layerNames } from '../image/layer-names.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import type { Digest } from '../store/digest.js';
import { compareFiles, type FileDifference } from './compare-files.js';
import { ContentsReader } from '../open/image-contents.js';
import type { LookContext } from './inspect-image.js';
import { openImage } from '../open/open-image.js';
import { type OpenedImage, platformOf } from '../open/image.js';

/** What `platen diff --json` prints. */
export interface ImageDifference {
  readonly before: DiffedImage;
  readonly after: DiffedImage;
  /** No differences, except perhaps in the name. */
  readonly same: boolean;
  readonly configuration: readonly ValueDifference[];
  readonly packages: { readonly same: number; readonly differences: readonly ValueDifference[] };
  readonly files: { readonly same: number; readonly differences: readonly FileDifference[] };
}

export interface DiffedImage {
  readonly image: string;
  /** Of the manifest; null in Docker. */
  readonly digest: Digest | null;
  readonly config: Digest;
  readonly layers: readonly DiffedLayer[];
}

export interface DiffedLayer {
  readonly name: string;
  readonly diffId: Digest;
  /** Compressed; null in Docker. */
  readonly size: number | null;
  /** Whether the other image has it, too. */
  readonly shared: boolean;
}

/** A named value before and after; null in the image that lacks it. */
export interface ValueDifference {
  readonly name: string;
  readonly before: string | null;
  readonly after: string | null;
}

/** Compares two images from any source: configuration, packages, files. @throws BuilderError if an image is missing or damaged */
export async function diffImages(
  [before, after]: readonly [string, string],
  context: LookContext,
): Promise<ImageDifference> {
  using store = openStore(cacheFolder(context.environment));
  const images = [
    await openImage(before, { ...context, store }),
    await openImage(after, { ...context, store }),
  ] as const;
  const sides = { before: sideOf(images[0], images[1]), after: sideOf(images[1], images[0]) };
  const configuration = compareValues(settingsOf(images[0].config), settingsOf(images[1].config)).differences;
  if (sameLayers(sides)) {
    const nothing = { same: 0, differences: [] };
    const same = configuration.length === 0;
    return { ...sides, same, configuration, packages: nothing, files: nothing };
  }
  return { ...sides, same: false, configuration, ...(await compareContents(images)) };
}

async function compareContents(
  images: readonly [OpenedImage, OpenedImage],
): Promise<Pick<ImageDifference, 'packages' | 'files'>> {
  const reader = new ContentsReader();
  const [before, after] = [await reader.read(images[0]), await reader.read(images[1])];
  const names = [layerNames(images[0].config), layerNames(images[1].config)] as const;
  const differences = compareFiles([before.files, after.files], names);
  const there = differences.filter(({ kind }) => kind !== 'removed').length;
  return {
    packages: compareValues(before.packages, after.packages),
    files: { same: after.files.size - there, differences },
  };
}

function sideOf(
  { name, manifest, configDigest, config, layers }: OpenedImage,
  other: OpenedImage,
): DiffedImage {
  const names = layerNames(config);
  const others = new Set(other.layers.map(({ diffId }) => diffId));
  return {
    image: name,
    digest: manifest?.digest ?? null,
    config: configDigest,
    layers: layers.map(({ diffId, blob }, index) => ({
      name: names[index] ?? '',
      diffId,
      size: blob?.size ?? null,
      shared: others.has(diffId),
    })),
  };
}

function sameLayers({ before, after }: { before: DiffedImage; after: DiffedImage }): boolean {
  const ids = ({ layers }: DiffedImage) => layers.map(({ diffId }) => diffId).join();
  return ids(before) === ids(after);
}

/** The settings in an image's configuration, by names like `environment.PATH`. */
function settingsOf(config: OciConfig): Map<string, string> {
  const { environment, labels, ...rest } = runOf(config);
  const settings = new Map<string, string>([['platform', platformOf(config)]]);
  if (config.created) settings.set('created', config.created);
  for (const [name, value] of Object.entries(rest))
    if (!Array.isArray(value) || value.length > 0)
      settings.set(name, typeof value === 'string' ? value : JSON.stringify(value));
  for (const [group, values] of Object.entries({ environment, labels }))
    for (const [name, value] of Object.entries(values ?? {})) settings.set(`${group}.${name}`, value);
  return settings;
}

function compareValues(
  before: ReadonlyMap<string, string>,
  after: ReadonlyMap<string, string>,
): { same: number; differences: ValueDifference[] } {
  const names = [...new Set([...before.keys(), ...after.keys()])].sort();
  const differing = names.filter((name) => before.get(name) !== after.get(name));
  const differences = differing.map((name) => ({
    name,
    before: before.get(name) ?? null,
    after: after.get(name) ?? null,
  }));
  return { same: names.length - differing.length, differences };
}
