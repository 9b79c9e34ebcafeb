import { createReadStream, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { BuilderError } from '../errors.js';
import { type Digest, digestOf } from '../store/digest.js';
import type { PackedImage } from './image.js';
import { type Descriptor, documentKind, indexSchema, manifestSchema, maxDocument } from './oci-documents.js';
import { checkLayerTypes, invalidImage, isForPlatform, parseDocument, sourceImage } from './source-image.js';

const readSize = 1 << 20;
const maxNesting = 4;
const copyAgain = 'copy the image again: skopeo copy SOURCE oci:FOLDER';

export interface LayoutChoice {
  /** For example "linux/amd64". */
  readonly platform: string;
  /** The name of the image (`org.opencontainers.image.ref.name`), if the layout has several. */
  readonly reference?: string | undefined;
}

/**
 * Reads the one image for a platform from an OCI image layout (OCI image specification, image-layout.md): index.json,
 * manifest and configuration at once, verified by digest and size; layers when they are opened. Accepts Docker's media types,
 * and layers in gzip, zstd or uncompressed.
 * @throws BuilderError `invalid`, naming the file, if it is no layout, is damaged, has no or several such images, or other layers
 */
export function readOciLayout(folder: string, choice: LayoutChoice): PackedImage {
  checkLayout(folder);
  const images = findImages(folder, choice);
  const [image] = images;
  if (image !== undefined && images.length === 1) return checked(folder, image);
  const names = images.map(({ manifest }) => manifest.digest).join(', ');
  const whose = choice.reference === undefined ? '' : ` named "${choice.reference}"`;
  throw invalidImage(
    image === undefined
      ? `${folder} holds no image${whose} for ${choice.platform}`
      : `${folder} holds several images${whose} for ${choice.platform}: ${names}`,
    `put one image for ${choice.platform} in it: skopeo copy SOURCE oci:FOLDER`,
  );
}

/** Descriptions of layers, without reading them. */
function checked(folder: string, image: PackedImage): PackedImage {
  checkLayerTypes(image);
  for (const { blob } of image.layers) checkSize(blob.place, blob.size);
  return image;
}

function checkLayout(folder: string): void {
  const file = join(folder, 'oci-layout');
  const { imageLayoutVersion: version } = parseDocument(
    file,
    readSmall(file),
    z.object({ imageLayoutVersion: z.string() }),
  );
  if (!version.startsWith('1.'))
    throw invalidImage(`${file} names layout version ${version}; 1.0.0 is supported`);
}

function findImages(folder: string, { platform, reference }: LayoutChoice): PackedImage[] {
  const file = join(folder, 'index.json');
  const { manifests } = parseDocument(file, readSmall(file), indexSchema);
  const named = manifests.filter(
    ({ annotations }) =>
      reference === undefined || annotations?.['org.opencontainers.image.ref.name'] === reference,
  );
  const found = new Map<Digest, PackedImage>();
  for (const descriptor of manifestsIn(folder, named)) {
    if (descriptor.platform && !isForPlatform(descriptor.platform, platform)) continue;
    const image = readImage(folder, descriptor);
    if (isForPlatform(image.config, platform)) found.set(image.manifest.digest, image);
  }
  return [...found.values()];
}

/** Yields the manifests of nested indexes; reads each once. */
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
      if (depth === maxNesting) throw invalidImage(`${file} is an index that is nested too deep in others`);
      seen.add(descriptor.digest);
      return parseDocument(file, readVerified(file, descriptor), indexSchema).manifests;
    });
  }
}

function readImage(folder: string, descriptor: Descriptor): PackedImage {
  const { digest, mediaType } = descriptor;
  const file = blobFile(folder, digest);
  const manifestBytes = readVerified(file, descriptor);
  const { config } = parseDocument(file, manifestBytes, manifestSchema);
  const configFile = blobFile(folder, config.digest);
  const configBytes = readVerified(configFile, config);
  return sourceImage({
    names: [file, configFile],
    digest,
    mediaType,
    manifestBytes,
    configBytes,
    blob: (layer) => {
      const name = blobFile(folder, layer.digest);
      return { name, hint: copyAgain, open: () => createReadStream(name, { highWaterMark: readSize }) };
    },
  });
}

function readVerified(file: string, { digest, size }: Descriptor): Buffer {
  if (size > maxDocument) throw invalidImage(`${file} is too large: ${size} bytes`);
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
    throw invalidImage(`${file} can't be read: ${reason}`, 'name the folder of an OCI image layout', cause);
  }
}

function blobFile(folder: string, digest: Digest): string {
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

function damaged(file: string, how: string): BuilderError {
  return invalidImage(`${file} can't be read: ${how}`, copyAgain);
}
