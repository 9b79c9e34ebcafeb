/** A name in `${}`: a setting of the environment, an output of a stack, an input of the deployment, or the platform's. */
export interface ValueReference {
  readonly root: string;
  readonly path: readonly string[];
  /** As it stands there, without `${}`. */
  readonly text: string;
}

/** The text of a value in parts: what stands there, and what is named. */
export function partsOf(text: string): (string | ValueReference)[] {
  return text
    .split(/(\$\{[^{}]*\})/)
    .filter((part) => part !== '')
    .map((part) => {
      if (!part.startsWith('${')) return part;
      const name = part.slice(2, -1).trim();
      const [root = '', ...path] = name.split('.');
      return { root, path, text: name };
    });
}

/** All that a value names. */
export function referencesIn(value: unknown): ValueReference[] {
  return typeof value === 'string' ? partsOf(value).filter((part) => typeof part !== 'string') : [];
}

/** What lies at a path of plain data; undefined where there is nothing. */
export function lookUp(data: unknown, path: readonly string[]): unknown {
  let value = data;
  for (const key of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}
