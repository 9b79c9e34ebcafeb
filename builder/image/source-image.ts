import type { z } from 'zod';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { PackedImage } from './image.js';
import type { PackedLayer } from './layer.js';
import { configSchema, type Descriptor, layerCompression, manifestSchema } from './oci-documents.js';
import { type BlobSource, verifiedLayer } from './verified-stream.js';

interface Documents {
  /** Places of manifest and configuration, for messages. */
  readonly names: readonly [manifest: string, config: string];
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifestBytes: Buffer;
  readonly configBytes: Buffer;
  /** Returns access to a layer's blob. */
  blob(descriptor: Descriptor): BlobSource;
}

/**
 * Makes an image from its manifest and configuration, which the caller has verified.
 * @throws BuilderError `invalid` for documents that are invalid or contradict each other
 */
export function sourceImage(documents: Documents): PackedImage {
  const { names, digest, mediaType, manifestBytes, configBytes, blob } = documents;
  const document = parseDocument(names[0], manifestBytes, manifestSchema);
  const config = parseDocument(names[1], configBytes, configSchema);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== document.layers.length)
    throw invalidImage(
      `${names[1]} names ${diffIds.length} layers, and the manifest ${names[0]} ${document.layers.length}`,
    );
  const layers = document.layers.map((layer, index) =>
    sourceLayer(layer, diffIds[index] as Digest, blob(layer)),
  );
  const configDigest = document.config.digest;
  return { manifest: { digest, mediaType, bytes: manifestBytes }, configDigest, configBytes, config, layers };
}

function sourceLayer({ mediaType, digest, size }: Descriptor, diffId: Digest, blob: BlobSource): PackedLayer {
  const expected = { digest, size, compression: layerCompression(mediaType) ?? 'plain', diffId };
  return {
    diffId,
    size: undefined,
    blob: { mediaType, digest, size, place: blob.name, open: () => blob.open() },
    open: () => verifiedLayer(blob, expected),
  };
}

/** Refuses layers that can't be read. @throws BuilderError `invalid` */
export function checkLayerTypes({ layers }: PackedImage): void {
  for (const { place, mediaType } of layers.map(({ blob }) => blob))
    if (layerCompression(mediaType) === undefined)
      throw invalidImage(
        `${place} is a layer of type ${mediaType}, which is not supported`,
        'use layers of tar, plain or with gzip or zstd',
      );
}

/** Reads a JSON document of an image. @throws BuilderError `invalid`, naming it */
export function parseDocument<T>(name: string, bytes: Buffer, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw invalidImage(`${name} is not JSON: ${(cause as Error).message}`, undefined, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw invalidImage(`${name} is not valid: ${path.join('.') || 'all of it'}: ${message}`);
}

/** Whether an image is for the wanted platform; without a wanted variant, any fits. */
export function isForPlatform(
  { os, architecture, variant }: { os: string; architecture: string; variant?: string | undefined },
  wanted: string,
): boolean {
  const [wantedOs, wantedArchitecture, wantedVariant] = wanted.split('/');
  return (
    os === wantedOs &&
    architecture === wantedArchitecture &&
    (wantedVariant === undefined || variant === wantedVariant)
  );
}

export function invalidImage(message: string, hint?: string, cause?: unknown): BuilderError {
  return new BuilderError(message, { code: 'invalid', hint, cause });
}
