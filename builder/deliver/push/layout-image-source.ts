import { createReadStream, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { z } from 'zod';
import { BuilderError } from '../../errors.js';
import { documentKind, indexSchema, manifestSchema, maxDocument } from '../../image/oci-documents.js';
import type { ImageSource } from '../../registry/push/image-source.js';
import { type Digest, digestOf } from '../../store/digest.js';
import { uniqueBlobs } from './image-source.js';

const maxNesting = 4;
const readSize = 1 << 18;

/**
 * The contents of an OCI image layout (OCI image specification, image-layout.md), to push unchanged: one image, or one index
 * with its images. Its name is the one in the layout, without a tag, else the folder's.
 * @throws BuilderError `invalid` if it is no layout, is damaged, or holds several images
 */
export function layoutImageSource(folder: string): { source: ImageSource; name: string } {
  const layout = readLayoutFile(folder, 'oci-layout');
  if (!layout.toString('utf8').includes('imageLayoutVersion'))
    throw invalid(`${folder} is not an OCI layout`);
  const { manifests } = parse(indexSchema, readLayoutFile(folder, 'index.json'), join(folder, 'index.json'));
  const [only] = manifests;
  if (only === undefined || manifests.length > 1)
    throw invalid(`${folder} holds ${manifests.length} images instead of one`);
  // Only a full reference such as "host/wordpress:6.8" has a name; others are a tag alone.
  const named = only.annotations?.['org.opencontainers.image.ref.name'] ?? '';
  const [, name = basename(folder)] = /([^/:]+):[^/:]+$/.exec(named) ?? [];
  return { source: readSource(folder, only, 0), name };
}

interface Named {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
}

function readSource(folder: string, { mediaType, digest, size }: Named, depth: number): ImageSource {
  const file = blobPath(folder, digest);
  const bytes = readLayoutFile(folder, join('blobs', 'sha256', digest.slice('sha256:'.length)));
  if (bytes.length !== size || digestOf(bytes) !== digest) throw invalid(`${file} is damaged`);
  const manifest = { mediaType, digest, size, bytes };
  const open: ImageSource['open'] = (blob) =>
    createReadStream(blobPath(folder, blob.digest), { highWaterMark: readSize });
  if (documentKind(mediaType) === 'index') {
    if (depth === maxNesting) throw invalid(`${file} nests indexes too deep`);
    const { manifests } = parse(indexSchema, bytes, file);
    const images = manifests.map((named) => readSource(folder, named, depth + 1));
    return { manifest, blobs: [], images, open };
  }
  const { config, layers } = parse(manifestSchema, bytes, file);
  const blobs = uniqueBlobs([config, ...layers]);
  for (const blob of blobs) checkSize(blobPath(folder, blob.digest), blob.size);
  return { manifest, blobs, images: [], open };
}

function checkSize(file: string, size: number): void {
  const found = statSync(file, { throwIfNoEntry: false })?.size;
  if (found === size) return;
  throw invalid(found === undefined ? `${file} is missing` : `${file} has ${found} bytes instead of ${size}`);
}

function blobPath(folder: string, digest: Digest): string {
  return join(folder, 'blobs', 'sha256', digest.slice('sha256:'.length));
}

function readLayoutFile(folder: string, name: string): Buffer {
  const path = join(folder, name);
  try {
    if (statSync(path).size > maxDocument) throw new Error(`it has more than ${maxDocument} bytes`);
    return readFileSync(path);
  } catch (cause) {
    throw invalid(`${path} can't be read: ${(cause as Error).message}`, cause);
  }
}

function parse<Schema extends z.ZodType>(schema: Schema, bytes: Buffer, file: string): z.output<Schema> {
  try {
    return schema.parse(JSON.parse(bytes.toString('utf8')));
  } catch (cause) {
    throw invalid(`${file} does not follow OCI's image specification`, cause);
  }
}

function invalid(message: string, cause?: unknown): BuilderError {
  return new BuilderError(message, {
    code: 'invalid',
    hint: 'Write the layout again: platen build --output oci:FOLDER, or skopeo copy SOURCE oci:FOLDER.',
    cause,
  });
}
