import { homedir } from 'node:os';
import { join } from 'node:path';
import type { Environment } from '../environment.js';

/** Where the content store lives: `platen` in the user's cache folder (XDG Base Directory Specification). */
export function cacheFolder({ XDG_CACHE_HOME }: Environment): string {
  return join(XDG_CACHE_HOME?.startsWith('/') ? XDG_CACHE_HOME : join(homedir(), '.cache'), 'platen');
}
