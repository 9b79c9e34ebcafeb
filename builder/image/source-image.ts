import type { Readable } from 'node:stream';
import type { z } from 'zod';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import {
  configSchema,
  type Descriptor,
  layerCompression,
  manifestSchema,
  type OciConfig,
} from './oci-documents.js';
import { type BlobSource, type LayerCompression, verifiedLayer } from './verified-stream.js';

/** A layer of an image that lies somewhere: a folder, a registry, the store. */
export interface SourceLayer {
  readonly descriptor: Descriptor;
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** For messages. */
  readonly name: string;
  readonly compression: LayerCompression;
  /** The blob as it is; its bytes are not looked at. */
  openBlob(): Readable;
  /** The uncompressed tar; its bytes may be relied on only once it has ended without an error (a BuilderError `invalid`). */
  open(): Readable;
}

/** An image as somebody made it. */
export interface SourceImage {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifestBytes: Buffer;
  readonly configDigest: Digest;
  readonly configBytes: Buffer;
  readonly config: OciConfig;
  /** Lowest first. */
  readonly layers: readonly SourceLayer[];
}

interface Documents {
  /** For messages: where manifest and configuration are. */
  readonly names: readonly [manifest: string, config: string];
  readonly digest: Digest;
  readonly mediaType: string;
  readonly manifestBytes: Buffer;
  readonly configBytes: Buffer;
  /** Where a layer's blob is. */
  blob(descriptor: Descriptor): BlobSource;
}

/**
 * An image from its manifest and configuration, both verified by whoever read them.
 * @throws BuilderError `invalid` for documents that are not what they should be, or fit each other not
 */
export function sourceImage(documents: Documents): SourceImage {
  const { names, digest, mediaType, manifestBytes, configBytes, blob } = documents;
  const manifest = parseDocument(names[0], manifestBytes, manifestSchema);
  const config = parseDocument(names[1], configBytes, configSchema);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== manifest.layers.length)
    throw invalidImage(
      `${names[1]} names ${diffIds.length} layers, and the manifest ${names[0]} ${manifest.layers.length}`,
    );
  const layers = manifest.layers.map((layer, index) =>
    sourceLayer(layer, diffIds[index] as Digest, blob(layer)),
  );
  const configDigest = manifest.config.digest;
  return { digest, mediaType, manifestBytes, configDigest, configBytes, config, layers };
}

function sourceLayer(descriptor: Descriptor, diffId: Digest, blob: BlobSource): SourceLayer {
  const { digest, size, mediaType } = descriptor;
  const compression = layerCompression(mediaType) ?? 'plain';
  const expected = { digest, size, compression, diffId };
  return {
    descriptor,
    diffId,
    name: blob.name,
    compression,
    openBlob: () => blob.open(),
    open: () => verifiedLayer(blob, expected),
  };
}

/** Refuses layers that can't be read. @throws BuilderError `invalid` */
export function checkLayerTypes({ layers }: SourceImage): void {
  for (const { name, descriptor } of layers)
    if (layerCompression(descriptor.mediaType) === undefined)
      throw invalidImage(
        `${name} is a layer of type ${descriptor.mediaType}, which is not supported`,
        'use layers of tar, plain or with gzip or zstd',
      );
}

/** Reads a JSON document of an image. @throws BuilderError `invalid`, naming it */
export function parseDocument<T>(name: string, bytes: Buffer, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw invalidImage(`${name} is no JSON: ${(cause as Error).message}`, undefined, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw invalidImage(`${name} is not what it should be: ${path.join('.') || 'all of it'}: ${message}`);
}

/** Whether an image is for the wanted platform; where that names no variant, any will do. */
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
