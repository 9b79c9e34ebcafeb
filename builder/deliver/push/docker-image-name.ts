import { BuilderError } from '../../errors.js';
import { hasHost } from '../../registry/registry-prefix.js';

/** The default name of an image. */
export interface OwnName {
  readonly name: string;
  readonly tag: string;
}

/**
 * The name of a Docker image in a registry: its name in Docker, with this registry instead of its own.
 * @throws BuilderError `usage` for an image's id
 */
export function dockerImageName(
  image: string,
  { tags, registry }: { readonly tags: readonly string[]; readonly registry?: string | undefined },
): OwnName {
  const [plain = ''] = image.split('@');
  if (
    /^(sha256:)?[0-9a-f]{12,64}$/.test(image) &&
    (tags.length === 0 || tags.some((tag) => tag.startsWith(':')))
  )
    throw new BuilderError(`${image} is an image's id, not a name`, {
      code: 'usage',
      hint: 'Give it a name: --tag NAME:TAG.',
    });
  if (plain === '')
    throw new BuilderError(`docker:${image} names no image`, {
      code: 'usage',
      hint: 'Write it as docker:NAME[:TAG].',
    });
  const [, full = plain, tag = 'latest'] = /^(.*?)(?::([^/:]+))?$/s.exec(plain) ?? [];
  const name = registry !== undefined && hasHost(full) ? full.slice(full.indexOf('/') + 1) : full;
  return { name, tag };
}
