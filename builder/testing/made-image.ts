import { createHash, randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import type { BlobSink } from '../registry/pull/blob-sink.js';
import type { Descriptor, Digest, Platform } from '../registry/descriptor.js';
import type { ImageSource } from '../registry/push/image-source.js';

const oci = 'application/vnd.oci.image';

export function sha256(bytes: Uint8Array): Digest {
  return `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
}

/** An image in memory with these bytes as layers, which need not be tars. */
export function makeImage(
  layers: readonly Buffer[],
  { platform = { os: 'linux', architecture: 'amd64' } }: { platform?: Platform } = {},
): ImageSource {
  const blobs = new Map<Digest, Buffer>();
  const keep = (bytes: Buffer, mediaType: string): Descriptor => {
    const digest = sha256(bytes);
    blobs.set(digest, bytes);
    return { mediaType, digest, size: bytes.length };
  };
  const packed = layers.map((layer) => keep(gzipSync(layer), `${oci}.layer.v1.tar+gzip`));
  const config = keep(
    json({ ...platform, config: {}, rootfs: { type: 'layers', diff_ids: layers.map(sha256) } }),
    `${oci}.config.v1+json`,
  );
  const mediaType = `${oci}.manifest.v1+json`;
  const bytes = json({ schemaVersion: 2, mediaType, config, layers: packed });
  return {
    manifest: { mediaType, digest: sha256(bytes), size: bytes.length, platform, bytes },
    blobs: [...new Map([config, ...packed].map((blob) => [blob.digest, blob])).values()],
    images: [],
    // In pieces, like files.
    open: ({ digest }) => Readable.from(pieces(blobs.get(digest) ?? Buffer.alloc(0)), { objectMode: false }),
  };
}

/** An index of images. */
export function makeIndex(images: readonly ImageSource[], withPlatforms = true): ImageSource {
  const mediaType = `${oci}.index.v1+json`;
  const manifests = images.map(({ manifest: { bytes: _bytes, platform, ...descriptor } }) =>
    withPlatforms && platform !== undefined ? { ...descriptor, platform } : descriptor,
  );
  const bytes = json({ schemaVersion: 2, mediaType, manifests });
  const nothing = (): Readable => Readable.from([]);
  return {
    manifest: { mediaType, digest: sha256(bytes), size: bytes.length, bytes },
    blobs: [],
    images,
    open: nothing,
  };
}

/** A new random image with two incompressible layers of some kilobytes, or of these sizes. */
export function randomImage(sizes: readonly number[] = [20_000, 3_000]): ImageSource {
  return makeImage(sizes.map((size) => randomBytes(size)));
}

/** Keeps pulled blobs in memory. */
export class MemorySink implements BlobSink {
  readonly blobs = new Map<Digest, Buffer>();
  /** Number of writers neither finished nor aborted. */
  open = 0;

  has(digest: Digest): boolean {
    return this.blobs.has(digest);
  }

  writer() {
    const chunks: Uint8Array[] = [];
    this.open += 1;
    return {
      write: (chunk: Uint8Array) => {
        chunks.push(chunk);
        return Promise.resolve();
      },
      finish: () => {
        const bytes = Buffer.concat(chunks);
        const digest = sha256(bytes);
        this.blobs.set(digest, bytes);
        this.open -= 1;
        return Promise.resolve({ digest, size: bytes.length });
      },
      abort: () => {
        this.open -= 1;
        return Promise.resolve();
      },
    };
  }
}

function json(value: unknown): Buffer {
  return Buffer.from(JSON.stringify(value));
}

function* pieces(bytes: Buffer): Generator<Buffer> {
  for (let at = 0; at < bytes.length; at += 16_384) yield bytes.subarray(at, at + 16_384);
}
