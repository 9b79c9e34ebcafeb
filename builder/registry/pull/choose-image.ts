import { buffer } from 'node:stream/consumers';
import type { Descriptor, ManifestContent, Platform } from '../descriptor.js';
import { readImageManifest, readIndex, readPlatform } from '../image-documents.js';
import { getManifest } from '../manifests.js';
import { isManifestType } from '../media-types.js';
import { streamBlob } from './open-blob.js';
import { RegistryError } from '../registry-error.js';
import type { Repository } from '../repository.js';
import type { Pace } from '../transport/retry.js';
import { selectPlatform, suits } from './select-platform.js';

/** What is asked, and how patiently. */
export interface Asking {
  readonly repository: Repository;
  readonly pace: Pace;
}

/** A configuration is small; bytes. */
export const longestConfig = 16 << 20;

/**
 * The manifest of an index's image for a platform. Of what the index says no platform, the image's configuration does.
 * @param name of the index, for errors
 * @throws RegistryError `usage` without a platform, `not-found` where there is no image for it
 */
export async function chooseImage(
  asking: Asking,
  index: ManifestContent,
  { name, platform }: { name: string; platform: Platform | undefined },
): Promise<ManifestContent> {
  if (platform === undefined)
    throw new RegistryError('it has images for several platforms', {
      code: 'usage',
      hint: 'name a platform',
    });
  const images = await withPlatforms(asking, readIndex(index), platform);
  const chosen = selectPlatform(images, platform, name);
  const manifest = await getManifest(asking.repository, chosen.digest);
  if (manifest === undefined || !isManifestType(manifest.mediaType))
    throw new RegistryError(`its index names ${chosen.digest}, which is not there or no image`, {
      code: 'not-found',
    });
  return manifest;
}

/** Where none is said to be for the platform, those of which the index says nothing are asked themselves. */
async function withPlatforms(
  asking: Asking,
  images: readonly Descriptor[],
  wanted: Platform,
): Promise<Descriptor[]> {
  const isKnown = images.some(({ platform }) => platform !== undefined && suits(platform, wanted));
  const asked = images.map(async (image) => {
    if (isKnown || image.platform !== undefined) return image;
    const platform = await platformOf(asking, image);
    return platform === undefined ? image : { ...image, platform };
  });
  return Promise.all(asked);
}

/** As its configuration says; undefined for what is no image. */
async function platformOf(
  { repository, pace }: Asking,
  { digest }: Descriptor,
): Promise<Platform | undefined> {
  const manifest = await getManifest(repository, digest);
  if (manifest === undefined || !isManifestType(manifest.mediaType)) return undefined;
  const { config } = readImageManifest(manifest);
  if (config.size > longestConfig) return undefined;
  const bytes = await buffer(streamBlob(repository, config, pace));
  const { os, architecture, variant } = readPlatform(config, bytes);
  return os === undefined || architecture === undefined ? undefined : { os, architecture, variant };
}
