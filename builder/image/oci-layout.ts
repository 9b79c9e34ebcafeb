import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { BuilderError } from '../errors.js';
import { makeFolder } from '../system/make-folder.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { whyNotWritten } from '../system/why-not-written.js';
import type { StoredImage } from './image.js';

export interface LayoutPlace {
  readonly folder: string;
  readonly reference: string;
  readonly platform: string;
}

/**
 * Writes an OCI image layout (OCI image specification, image-layout.md) with one image, under the name `reference`. It
 * replaces an earlier layout atomically, unless that has this image already; other folders stay untouched. Safe with
 * concurrent writers.
 * @throws BuilderError `failed` if it can't be written, or something else is in its place
 */
export function writeOciLayout(image: StoredImage, place: LayoutPlace, store: Store): void {
  const { folder } = place;
  const index = layoutIndex(image, place);
  const layers = image.layers.map(({ blob }) => blob.digest);
  const blobs = [...new Set([image.manifest.digest, image.configDigest, ...layers])];
  if (isWritten(folder, index, { blobs, store })) return;
  const fresh = `${folder}.${randomBytes(6).toString('hex')}.new`;
  try {
    removeForgotten(folder);
    makeFolder(join(fresh, 'blobs', 'sha256'));
    for (const blob of blobs) store.copy(blob, pathOf(blob, fresh));
    writeFileSync(join(fresh, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    writeFileSync(join(fresh, 'index.json'), index);
    putInPlace(fresh, folder);
  } catch (cause) {
    if (existsSync(fresh)) rmSync(fresh, { recursive: true });
    // Then the cache is damaged, not the layout.
    if (cause instanceof BuilderError) throw cause;
    throw new BuilderError(`The OCI layout ${folder} can't be written: ${whyNotWritten(cause)}`, {
      code: 'failed',
      hint: 'name a new folder, or one that holds only an OCI layout',
      cause,
    });
  }
}

function layoutIndex({ manifest }: StoredImage, { reference, platform }: LayoutPlace): string {
  const { mediaType, digest, bytes } = manifest;
  const [os, architecture] = platform.split('/');
  const named = {
    mediaType,
    digest,
    size: bytes.length,
    annotations: { 'org.opencontainers.image.ref.name': reference },
    platform: {
      architecture,
      os,
    },
  };
  return JSON.stringify({ schemaVersion: 2, manifests: [named] });
}

/** Whether the layout has this image already; compares blobs by their lengths. */
function isWritten(
  folder: string,
  index: string,
  { blobs, store }: { blobs: readonly Digest[]; store: Store },
): boolean {
  try {
    return (
      readFileSync(join(folder, 'index.json'), 'utf8') === index &&
      existsSync(join(folder, 'oci-layout')) &&
      blobs.every((blob) => statSync(pathOf(blob, folder)).size === statSync(store.path(blob)).size)
    );
  } catch {
    return false;
  }
}

/** Another build may put its layout there in between: it is then replaced. */
function putInPlace(fresh: string, folder: string): void {
  for (let tries = 1; ; tries += 1) {
    removeLayout(folder);
    try {
      renameSync(fresh, folder);
      return;
    } catch (error) {
      if (tries === 10 || !existsSync(join(folder, 'oci-layout'))) throw error;
    }
  }
}

/** Removes the files of a layout, if it is one. Other files stay, and then block the new layout. */
function removeLayout(folder: string): void {
  if (!existsSync(join(folder, 'oci-layout'))) return;
  for (const name of ['index.json', 'blobs', 'oci-layout'])
    rmSync(join(folder, name), { recursive: true, force: true });
}

const hour = 3_600_000;

/** Removes unfinished layouts of killed builds. */
function removeForgotten(folder: string): void {
  const around = dirname(folder);
  if (!existsSync(around)) return;
  for (const name of readdirSync(around)) {
    const begun = name.startsWith(`${basename(folder)}.`) && /\.[0-9a-f]{12}\.new$/.test(name);
    const path = join(around, name);
    if (begun && statSync(path).mtimeMs < Date.now() - hour) rmSync(path, { recursive: true, force: true });
  }
}

function pathOf(blob: Digest, folder: string): string {
  return join(folder, 'blobs', 'sha256', blob.slice('sha256:'.length));
}
