import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where the content store lives: `platen` in the user's cache folder (XDG Base Directory Specification). */
export function cacheFolder({ XDG_CACHE_HOME }: Readonly<Record<string, string | undefined>>): string {
  return join(XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(homedir(), '.cache'), 'platen');
}
