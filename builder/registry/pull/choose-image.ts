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

/** A repository, and how to retry. */
export interface Asking {
  readonly repository: Repository;
  readonly pace: Pace;
}

/** Limit of a configuration, bytes. */
export const longestConfig = 16 << 20;

/**
 * The manifest of the image in an index that fits a platform. For entries without a platform, reads the image's configuration.
 * @param name of the index, for errors
 * @throws RegistryError `usage` without a platform, `not-found` if no image fits
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

/** If no entry of the index fits the platform, reads the platforms of the entries without one. */
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

/** The platform in an image's configuration; undefined if it is not an image. */
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
