import type { Descriptor, Platform } from '../descriptor.js';
import type { SomePlatform } from '../image-documents.js';
import { RegistryError } from '../registry-error.js';

/** `linux/arm64/v8` */
export function formatPlatform({ os, architecture, variant }: Platform): string {
  return [os, architecture, variant].filter(Boolean).join('/');
}

/**
 * The first image of an index for a platform. Without a variant, any variant fits; `arm64` means `arm64/v8`.
 * @param name of the index, for the error
 * @throws RegistryError `not-found`, with the platforms offered
 */
export function selectPlatform(images: readonly Descriptor[], platform: Platform, name: string): Descriptor {
  const found = images.find((image) => image.platform !== undefined && suits(image.platform, platform));
  if (found !== undefined) return found;
  // Attestations have the platform unknown/unknown.
  const offered = images.flatMap((image) =>
    image.platform === undefined || image.platform.os === 'unknown' ? [] : [formatPlatform(image.platform)],
  );
  throw new RegistryError(
    `${name} has no image for ${formatPlatform(platform)}, but for ${[...new Set(offered)].join(', ') || 'none at all'}`,
    { code: 'not-found', hint: 'choose another tag, or another platform' },
  );
}

/** Whether an image for one platform runs on the wanted one. */
export function suits(image: SomePlatform, wanted: Platform): boolean {
  const variantOf = ({ architecture, variant }: SomePlatform) =>
    variant ?? (architecture === 'arm64' ? 'v8' : undefined);
  return (
    image.os === wanted.os &&
    image.architecture === wanted.architecture &&
    (wanted.variant === undefined || variantOf(image) === variantOf(wanted))
  );
}
