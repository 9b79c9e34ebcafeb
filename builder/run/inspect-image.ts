import type { RunConfiguration } from '../image/assemble-image.js';
import type { Manifest } from '../image/image.js';
import { runOf } from '../image/inherit-run.js';
import { layerNames } from '../image/layer-names.js';
import { cacheFolder } from '../store/cache-folder.js';
import { openStore } from '../store/content-store.js';
import type { Digest } from '../store/digest.js';
import { openImage } from '../open/open-image.js';
import { type IndexFacts, type OpenContext, type OpenedImage, platformOf } from '../open/image.js';

/** What `platen inspect --json` prints. */
export interface InspectedImage {
  readonly image: string;
  readonly from: OpenedImage['from'];
  readonly platform: string;
  /** ISO 8601, from the image. */
  readonly created: string | null;
  /** Null in Docker, which keeps no manifests. */
  readonly manifest: ManifestFacts | null;
  readonly index: IndexFacts | null;
  readonly config: Digest;
  readonly layers: readonly InspectedLayer[];
  /** Of the blobs in a registry; null in Docker. */
  readonly size: number | null;
  /** Of the uncompressed layers, if all sizes are known. */
  readonly unpacked: number | null;
  readonly run: RunConfiguration;
}

export interface ManifestFacts {
  readonly digest: Digest;
  readonly mediaType: string;
  /** Bytes. */
  readonly size: number;
}

export interface InspectedLayer {
  readonly name: string;
  readonly diffId: Digest;
  readonly digest: Digest | null;
  readonly mediaType: string | null;
  readonly size: number | null;
  readonly unpacked: number | null;
}

/** The context of commands that read images. */
export type LookContext = Omit<OpenContext, 'store'>;

/** Describes an image from any source, without reading its layers. @throws BuilderError if it does not exist */
export async function inspectImage(name: string, context: LookContext): Promise<InspectedImage> {
  using store = openStore(cacheFolder(context.environment));
  return describe(await openImage(name, { ...context, store }));
}

function describe(image: OpenedImage): InspectedImage {
  const { name, from, config, manifest, index = null, configDigest } = image;
  const names = layerNames(config);
  const layers = image.layers.map(({ diffId, blob, size }, number): InspectedLayer => ({
    name: names[number] ?? '',
    diffId,
    digest: blob?.digest ?? null,
    mediaType: blob?.mediaType ?? null,
    size: blob?.size ?? null,
    unpacked: size ?? null,
  }));
  return {
    image: name,
    from,
    platform: platformOf(config),
    created: config.created ?? null,
    manifest: manifest === undefined ? null : factsOf(manifest),
    index,
    config: configDigest,
    layers,
    size: total(layers.map(({ size }) => size)),
    unpacked: total(layers.map(({ unpacked }) => unpacked)),
    run: runOf(config),
  };
}

function factsOf({ digest, mediaType, bytes }: Manifest): ManifestFacts {
  return { digest, mediaType, size: bytes.length };
}

/** Null if one of them is unknown. */
function total(sizes: readonly (number | null)[]): number | null {
  return sizes.some((size) => size === null)
    ? null
    : sizes.reduce<number>((sum, size) => sum + (size ?? 0), 0);
}
