import type { Readable } from 'node:stream';
import { layerNames } from '../image/layer-names.js';
import type { OciConfig } from '../image/oci-documents.js';
import type { SourceImage } from '../image/source-image.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import type { BuildContext } from '../context.js';

/** A layer of an image that is looked at. */
export interface OpenedLayer {
  /** What made it. */
  readonly name: string;
  readonly diffId: Digest;
  /** The blob as registries have it; undefined in Docker, which keeps none. */
  readonly blob?: { readonly mediaType: string; readonly digest: Digest; readonly size: number } | undefined;
  /** Of the uncompressed tar, bytes, where somebody knows. */
  readonly unpacked?: number | undefined;
  /** The uncompressed tar; good when it ends without an error. */
  open(): Readable | Promise<Readable>;
}

/** An image to be looked at, wherever it lies. */
export interface OpenedImage {
  /** As the user calls it. */
  readonly name: string;
  readonly from: 'build' | 'layout' | 'docker' | 'registry';
  /** Undefined in Docker, for an image that came from no registry. */
  readonly manifest?: ManifestFacts | undefined;
  /** Of the index that it was chosen from. */
  readonly index?: IndexFacts | undefined;
  readonly configDigest: Digest;
  readonly config: OciConfig;
  readonly layers: readonly OpenedLayer[];
}

export interface ManifestFacts {
  readonly digest: Digest;
  readonly mediaType: string;
  readonly size: number;
}

export interface IndexFacts {
  readonly digest: Digest;
  /** `linux/arm64/v8` and so on. */
  readonly platforms: readonly string[];
}

/** What opening an image needs. */
export interface OpenContext {
  readonly store: Store;
  readonly environment: BuildContext['environment'];
  readonly signal: AbortSignal;
  /** Relative paths start here: absolute. */
  readonly workingFolder: string;
  /** Undefined outside of a project: then there are no images of its own. */
  readonly projectFolder: string | undefined;
  /** As "linux/amd64". */
  readonly platform: string;
}

/** "linux/arm64/v8". */
export function platformOf({
  os,
  architecture,
  variant,
}: Pick<OciConfig, 'os' | 'architecture' | 'variant'>): string {
  return [os, architecture, ...(variant ? [variant] : [])].join('/');
}

/** An image whose documents and blobs are at hand, as one to be looked at. */
export function openedImage(source: SourceImage, from: OpenedImage['from'], store: Store): OpenedImage {
  const { digest, mediaType, manifestBytes, configDigest, config } = source;
  const names = layerNames(config);
  const layers = source.layers.map((layer, index): OpenedLayer => {
    const { diffId, descriptor } = layer;
    const known = store.has(diffId);
    return {
      name: names[index] ?? '',
      diffId,
      blob: descriptor,
      unpacked: known ? store.size(diffId) : undefined,
      open: () => (known ? store.open(diffId) : layer.open()),
    };
  });
  const manifest = { digest, mediaType, size: manifestBytes.length };
  return { name: '', from, manifest, configDigest, config, layers };
}
