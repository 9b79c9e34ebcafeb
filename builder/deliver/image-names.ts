import { hasHost } from '../registry/registry-prefix.js';

/** Names of an image, `[HOST[:PORT]/]NAME:TAG` each. */
export interface ImageNames {
  /** Those of this machine, and those of registries. */
  readonly all: readonly string[];
  /** Those that say in which registry: a push goes there. */
  readonly remote: readonly string[];
}

/**
 * What an image is called: by its tags (`name:latest` where none is given; `:TAG` stands for `name:TAG`, `NAME` for `NAME:latest`), and, where a
 * registry is given (`HOST[/PREFIX]`), by those names below it that say no registry themselves.
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

/** A colon before the last slash is a port's. */
function withTag(name: string): string {
  return /:[^/:]+$/.test(name) ? name : `${name}:latest`;
}
