import { constants, copyFileSync, existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { BuilderError } from '../errors.js';
import type { Digest } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { type Image, mediaTypes } from './assemble-image.js';

/**
 * Writes an OCI image layout (OCI image specification, image-layout.md) with one image in it, under the name `reference`.
 * The folder appears whole, in place of an earlier layout; a folder that is no layout is not touched.
 * @throws BuilderError `usage` where something else is in the way, `failed` where it can't be written
 */
export function writeOciLayout(
  image: Image,
  { folder, reference, platform }: { folder: string; reference: string; platform: string },
  store: Store,
): void {
  const fresh = `${folder}.${image.digest.slice(7, 19)}.new`;
  const [os, architecture] = platform.split('/');
  try {
    rmSync(fresh, { recursive: true, force: true });
    mkdirSync(join(fresh, 'blobs', 'sha256'), { recursive: true });
    const blobs = [image.digest, image.configDigest, ...image.layers.map(({ digest }) => digest)];
    for (const blob of new Set(blobs)) copyBlob(blob, fresh, store);
    writeFileSync(join(fresh, 'oci-layout'), '{"imageLayoutVersion":"1.0.0"}');
    const annotations = { 'org.opencontainers.image.ref.name': reference };
    const manifest = {
      mediaType: image.mediaType ?? mediaTypes.manifest,
      digest: image.digest,
      size: image.manifestBytes.length,
      annotations,
      platform: { architecture, os },
    };
    writeFileSync(join(fresh, 'index.json'), JSON.stringify({ schemaVersion: 2, manifests: [manifest] }));
    removeLayout(folder);
    renameSync(fresh, folder);
  } catch (cause) {
    rmSync(fresh, { recursive: true, force: true });
    throw new BuilderError(`The OCI layout ${folder} can't be written: ${(cause as Error).message}`, {
      code: 'failed',
      hint: 'name a folder that is not there yet, or one that holds an OCI layout and nothing else',
      cause,
    });
  }
}

/** Removes what a layout consists of, if it is one; what else is in the folder stays, and is then in the way. */
function removeLayout(folder: string): void {
  if (!existsSync(join(folder, 'oci-layout'))) return;
  for (const name of ['index.json', 'blobs', 'oci-layout'])
    rmSync(join(folder, name), { recursive: true, force: true });
}

function copyBlob(blob: Digest, folder: string, store: Store): void {
  const target = join(folder, 'blobs', 'sha256', blob.slice('sha256:'.length));
  // No hard link: whoever changes the layout's file must not change the cache's.
  copyFileSync(store.path(blob), target, constants.COPYFILE_FICLONE);
}
