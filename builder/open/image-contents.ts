import { isDpkgStatus, installedPackages } from '../image/dpkg-database.js';
import type { Entry } from '../tar/entry.js';
import { mergeEntries } from '../image/merge-entries.js';
import { type ScannedLayer, scanLayer } from '../image/read-layer.js';
import type { Digest } from '../store/digest.js';
import type { OpenedImage } from './image.js';

/** A path in an image's root. */
export interface FoundFile {
  readonly entry: Entry;
  /** Of a file; for a hard link, of its target. */
  readonly size: number;
  /** Digest of a file's bytes; for a hard link, of its target's. */
  readonly content: Digest | undefined;
  /** Number of the layer that it comes from. */
  readonly layer: number;
}

/** The contents of an image. */
export interface ImageContents {
  readonly files: ReadonlyMap<string, FoundFile>;
  readonly packages: ReadonlyMap<string, string>;
}

/** Reads the layers of images; reads shared layers once. */
export class ContentsReader {
  readonly #layers = new Map<Digest, Promise<ScannedLayer>>();

  /** @throws BuilderError for a damaged layer */
  async read(image: OpenedImage): Promise<ImageContents> {
    const scanned: ScannedLayer[] = [];
    for (const layer of image.layers) {
      const { diffId } = layer;
      let found = this.#layers.get(diffId);
      if (found === undefined) {
        found = Promise.resolve(layer.open()).then((tar) => scanLayer(tar, { diffId, keep: isDpkgStatus }));
        this.#layers.set(diffId, found);
      }
      scanned.push(await found);
    }
    return contentsOf(image, scanned);
  }
}

function contentsOf(image: OpenedImage, layers: readonly ScannedLayer[]): ImageContents {
  const entries = mergeEntries(layers.map((layer) => layer.entries)).filter(
    ({ type }) => type !== 'whiteout',
  );
  const byPath = new Map(entries.map((entry) => [entry.path, entry]));
  const holders = layers.map((layer) => new Set(layer.entries.map(({ path }) => path)));
  const number = new Map(image.layers.map(({ diffId }, index) => [diffId, index]));
  const files = new Map<string, FoundFile>();
  for (const entry of entries) {
    const linked = entry.type === 'hardlink' ? byPath.get(entry.target as string) : undefined;
    const { content } = linked ?? entry;
    // A hard link has the permissions of its target.
    const shown = linked === undefined ? entry : { ...linked, path: entry.path };
    const layer =
      number.get(content?.slice.blob as Digest) ?? holders.findLastIndex((paths) => paths.has(entry.path));
    files.set(entry.path, { entry: shown, size: content?.slice.size ?? 0, content: content?.digest, layer });
  }
  const kept = new Map<string, Buffer>();
  for (const [path, { layer }] of files) {
    const bytes = layers[layer]?.kept.get(path);
    if (bytes !== undefined) kept.set(path, bytes);
  }
  return { files, packages: installedPackages(kept) };
}
