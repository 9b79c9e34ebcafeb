import { parseReference } from './reference.js';

/** Whether a name begins with a registry: as in Docker, a first part with a dot, a colon or a capital, or localhost. */
export function hasHost(name: string): boolean {
  const slash = name.indexOf('/');
  const first = name.slice(0, Math.max(0, slash));
  return first === 'localhost' || /[.:A-Z]/.test(first);
}

/** `HOST[:PORT][/PREFIX]` without a slash at its end; undefined if the text is not one. */
export function parseRegistryPrefix(text: string): string | undefined {
  const prefix = text.replace(/\/+$/, '');
  if (!hasHost(`${prefix}/name`)) return undefined;
  try {
    parseReference(`${prefix}/name`);
    return prefix;
  } catch {
    return undefined;
  }
}
