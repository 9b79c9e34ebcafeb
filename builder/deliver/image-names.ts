import { hasHost } from '../registry/registry-prefix.js';

/** Names of an image, `[HOST[:PORT]/]NAME:TAG` each. */
export interface ImageNames {
  /** Names with and without a registry. */
  readonly all: readonly string[];
  /** The names with a registry, to which a push goes. */
  readonly remote: readonly string[];
}

/**
 * Returns an image's names: its tags (default `name:latest`; `:TAG` stands for `name:TAG`, `NAME` for `NAME:latest`). With a
 * registry (`HOST[/PREFIX]`), each tag without a registry also gives a name below it.
 */
export function imageNames({
  name,
  tags,
  registry,
}: {
  readonly name: string;
  readonly tags: readonly string[];
  readonly registry?: string | undefined;
}): ImageNames {
  const given = (tags.length > 0 ? tags : [':latest']).map((tag) =>
    tag.startsWith(':') ? `${name}${tag}` : withTag(tag),
  );
  const qualified = (tag: string): string[] => {
    if (hasHost(tag)) return [tag];
    return registry === undefined ? [] : [`${registry}/${tag}`];
  };
  const remote = [...new Set(given.flatMap(qualified))];
  return { all: [...new Set([...given, ...remote])], remote };
}

/** A colon before the last slash belongs to a port. */
function withTag(name: string): string {
  return /:[^/:]+$/.test(name) ? name : `${name}:latest`;
}
