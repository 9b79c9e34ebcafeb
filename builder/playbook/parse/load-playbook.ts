import { type BuilderError, SpecError } from '../../errors.js';
import { type RoleLoader, collect } from './load-role.js';
import type { Sources } from './load-source.js';
import { Parsing } from './parsing.js';
import { parsePlays } from './parse-play.js';
import type { Play } from './play.js';
import type { Role } from './role.js';

export interface LoadedPlay {
  readonly play: Play;
  readonly roles: readonly Role[];
}

/**
 * Reads a playbook and its roles, and reports the errors of all their files at once.
 * @param path absolute
 * @throws SpecError
 */
export function loadPlaybook(path: string, sources: Sources, roles: RoleLoader): LoadedPlay[] {
  const problems: BuilderError[] = [];
  const loaded = parse(path, sources, problems).map((play) => ({
    play,
    roles: play.roles.flatMap((entry) => roles.tryLoad({ entry, parents: [] }, problems) ?? []),
  }));
  if (problems.length > 0) throw new SpecError(problems);
  return loaded;
}

function parse(path: string, sources: Sources, problems: BuilderError[]): Play[] {
  try {
    return parsePlays(new Parsing(sources.document(path), problems), path);
  } catch (error) {
    collect(error, problems);
    return [];
  }
}
