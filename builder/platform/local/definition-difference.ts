/** At most so many things are named. */
const most = 6;

/**
 * What differs between two definitions (`definitionText`), for people: "image 1a2b3c4d5e6f → …", "WORDPRESS_DEBUG true → false".
 * Values of secrets are in neither.
 */
export function definitionDifference(before: string | undefined, after: string): string[] {
  if (before === after) return [];
  const [old, wanted] = [leaves(parse(before)), leaves(parse(after))];
  const paths = [...new Set([...old.keys(), ...wanted.keys()])].filter(
    (path) => old.get(path) !== wanted.get(path),
  );
  const words = [...new Set(paths.map((path) => describe(path, old.get(path), wanted.get(path))))];
  return words.length > most ? [...words.slice(0, most), `and ${words.length - most} more`] : words;
}

function parse(text: string | undefined): unknown {
  try {
    return text === undefined ? {} : JSON.parse(text);
  } catch {
    return {};
  }
}

/** All values with their paths; `NAME=value` in a list is told by its name, other items by their text. */
function leaves(value: unknown, path = '', found = new Map<string, string>()): Map<string, string> {
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) {
      const [, name, rest] = (typeof item === 'string' && /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(item)) || [];
      if (name !== undefined) found.set(`${path}.${name}`, rest ?? '');
      else leaves(item, `${path}.${index}`, found);
    }
  else if (typeof value === 'object' && value !== null)
    for (const [key, inner] of Object.entries(value)) leaves(inner, `${path}.${key}`, found);
  else if (value !== undefined) found.set(path, String(value));
  return found;
}

function describe(path: string, before: string | undefined, after: string | undefined): string {
  const [, hidden] = /\.(?:secrets|files)\.(.+)$/.exec(path) ?? [];
  if (hidden !== undefined) return `${hidden} (its contents)`;
  const name = path.split('.').findLast((part) => !/^\d*$/.test(part)) ?? path;
  const [old, wanted] = [before, after].map((text) => short(text));
  if (before === undefined) return `${name}: ${wanted}`;
  return after === undefined ? `${name} no longer ${old}` : `${name} ${old} → ${wanted}`;
}

function short(text: string | undefined): string {
  const digest = /sha256:([0-9a-f]{12})/.exec(text ?? '')?.[1];
  return digest ?? (text === undefined || text === '' ? 'nothing' : text);
}
