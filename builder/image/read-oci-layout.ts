import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { z } from 'zod';
import { BuilderError } from '../errors.js';
import { type Digest, digestOf } from '../store/digest.js';
import {
  configSchema,
  type Descriptor,
  documentKind,
  indexSchema,
  layerCompression,
  manifestSchema,
  maxDocument,
  type OciConfig,
  type Platform,
} from './oci-documents.js';
import { verifiedLayer } from './verified-stream.js';

const maxNesting = 4;

/** A layer of an image that lies in a layout. */
export interface LayoutLayer {
  readonly descriptor: Descriptor;
  /** Of the uncompressed tar. */
  readonly diffId: Digest;
  /** The blob's file, as it is. */
  readonly file: string;
  readonly compression: 'plain' | 'gzip';
  /** The uncompressed tar; its bytes may be relied on only once it has ended without an error (a BuilderError `invalid`). */
  open(): Readable;
}

/** An image as it lies in a layout. */
export interface LayoutImage {
  /** Of the manifest. */
  readonly digest: Digest;
  readonly config: OciConfig;
  /** Lowest first. */
  readonly layers: readonly LayoutLayer[];
}

export interface LayoutChoice {
  /** As "linux/amd64". */
  readonly platform: string;
  /** The name of the image in the layout (`org.opencontainers.image.ref.name`), where it holds several. */
  readonly reference?: string | undefined;
}

/**
 * Reads the one image for a platform from an OCI image layout (OCI image specification, image-layout.md): index.json,
 * manifest and configuration at once, each compared with its digest and size; layers when they are opened. Docker's media
 * types will do, layers are gzip or plain.
 * @throws BuilderError `invalid`, naming the file, for what is no layout, is damaged, holds no image for the platform or several, or has layers compressed otherwise
 */
export function readOciLayout(folder: string, choice: LayoutChoice): LayoutImage {
  checkLayout(folder);
  const images = findImages(folder, choice);
  const [image] = images;
  if (image !== undefined && images.length === 1) return checked(folder, image);
  const names = images.map(({ digest }) => digest).join(', ');
  const whose = choice.reference === undefined ? '' : ` named "${choice.reference}"`;
  throw invalid(
    image === undefined
      ? `${folder} holds no image${whose} for ${choice.platform}`
      : `${folder} holds several images${whose} for ${choice.platform}: ${names}`,
    `put one image for ${choice.platform} in it: skopeo copy SOURCE oci:FOLDER`,
  );
}

/** What can be said of layers without reading them. */
function checked(folder: string, image: LayoutImage): LayoutImage {
  for (const { descriptor } of image.layers) {
    const { mediaType, digest, size } = descriptor;
    const file = blobFile(folder, digest);
    const compression = layerCompression(mediaType);
    if (compression === 'zstd')
      throw invalid(
        `${file} is a layer compressed with zstd, which is not supported`,
        'make it gzip: skopeo copy --dest-compress-format gzip oci:FOLDER oci:NEW-FOLDER',
      );
    if (compression === undefined)
      throw invalid(
        `${file} is a layer of type ${mediaType}, which is not supported`,
        'use layers of tar and gzip',
      );
    checkSize(file, size);
  }
  return image;
}

function checkLayout(folder: string): void {
  const file = join(folder, 'oci-layout');
  const { imageLayoutVersion: version } = parse(
    file,
    readSmall(file),
    z.object({ imageLayoutVersion: z.string() }),
  );
  if (!version.startsWith('1.')) throw invalid(`${file} names layout version ${version}; 1.0.0 is supported`);
}

function findImages(folder: string, { platform, reference }: LayoutChoice): LayoutImage[] {
  const file = join(folder, 'index.json');
  const { manifests } = parse(file, readSmall(file), indexSchema);
  const named = manifests.filter(
    ({ annotations }) =>
      reference === undefined || annotations?.['org.opencontainers.image.ref.name'] === reference,
  );
  const found = new Map<Digest, LayoutImage>();
  for (const descriptor of manifestsIn(folder, named)) {
    if (descriptor.platform && !isPlatform(descriptor.platform, platform)) continue;
    const image = readImage(folder, descriptor);
    if (isPlatform(image.config, platform)) found.set(image.digest, image);
  }
  return [...found.values()];
}

/** An index may name indexes; each is read once, however often it is named. */
function* manifestsIn(folder: string, named: readonly Descriptor[]): Generator<Descriptor> {
  const seen = new Set<Digest>();
  let level = named;
  for (let depth = 0; level.length > 0; depth++) {
    const indexes = new Map<Digest, Descriptor>();
    for (const descriptor of level) {
      const kind = documentKind(descriptor.mediaType);
      if (kind === 'manifest') yield descriptor;
      if (kind === 'index' && !seen.has(descriptor.digest)) indexes.set(descriptor.digest, descriptor);
    }
    level = [...indexes.values()].flatMap((descriptor) => {
      const file = blobFile(folder, descriptor.digest);
      if (depth === maxNesting) throw invalid(`${file} is an index too deep within indexes`);
      seen.add(descriptor.digest);
      return parse(file, readVerified(file, descriptor), indexSchema).manifests;
    });
  }
}

function readImage(folder: string, descriptor: Descriptor): LayoutImage {
  const file = blobFile(folder, descriptor.digest);
  const manifest = parse(file, readVerified(file, descriptor), manifestSchema);
  const configFile = blobFile(folder, manifest.config.digest);
  const config = parse(configFile, readVerified(configFile, manifest.config), configSchema);
  const diffIds = config.rootfs.diff_ids;
  if (diffIds.length !== manifest.layers.length)
    throw invalid(
      `${configFile} names ${diffIds.length} layers, and the manifest ${file} ${manifest.layers.length}`,
    );
  const layers = manifest.layers.map((layer, index) => layoutLayer(folder, layer, diffIds[index] as Digest));
  return { digest: descriptor.digest, config, layers };
}

function layoutLayer(folder: string, descriptor: Descriptor, diffId: Digest): LayoutLayer {
  const { digest, size, mediaType } = descriptor;
  const compression = layerCompression(mediaType) === 'gzip' ? 'gzip' : 'plain';
  const expected = { digest, size, compression, diffId } as const;
  const file = blobFile(folder, digest);
  return { descriptor, diffId, file, compression, open: () => verifiedLayer(file, expected) };
}

function readVerified(file: string, { digest, size }: Descriptor): Buffer {
  if (size > maxDocument) throw invalid(`${file} is too large: ${size} bytes`);
  checkSize(file, size);
  const bytes = readSmall(file);
  const found = digestOf(bytes);
  if (found !== digest) throw damaged(file, `its digest is ${found}`);
  return bytes;
}

function checkSize(file: string, size: number): void {
  const found = statSync(file, { throwIfNoEntry: false })?.size;
  if (found === undefined) throw damaged(file, 'it is not there');
  if (found !== size) throw damaged(file, `it has ${found} bytes instead of ${size}`);
}

function readSmall(file: string): Buffer {
  try {
    if (statSync(file).size > maxDocument) throw new Error('it is too large');
    return readFileSync(file);
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' || code === 'ENOTDIR' ? 'it is not there' : message;
    throw invalid(`${file} can't be read: ${reason}`, 'name the folder of an OCI image layout', cause);
  }
}

function parse<T>(file: string, bytes: Buffer, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw invalid(`${file} is no JSON: ${(cause as Error).message}`, undefined, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const { path, message } = parsed.error.issues[0] as z.core.$ZodIssue;
  throw invalid(`${file} is not what it should be: ${path.join('.') || 'all of it'}: ${message}`);
}

/** Where the wanted platform names no variant, any will do. */
function isPlatform({ os, architecture, variant }: Platform, wanted: string): boolean {
  const [wantedOs, wantedArchitecture, wantedVariant] = wanted.split('/');
  return (
    os === wantedOs &&
    architecture === wantedArchitecture &&
    (wantedVariant === undefined || variant === wantedVariant)
  );
}

function blobFile(folder: string, digest: Digest): string {
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

function damaged(file: string, how: string): BuilderError {
  return invalid(`${file} can't be read: ${how}`, 'copy the image again: skopeo copy SOURCE oci:FOLDER');
}

function invalid(message: string, hint?: string, cause?: unknown): BuilderError {
  return new BuilderError(message, { code: 'invalid', hint, cause });
}
