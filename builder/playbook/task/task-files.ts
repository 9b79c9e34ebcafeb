import { dirname, isAbsolute, join } from 'node:path';
import { BuilderError } from '../../errors.js';
import type { Frame } from './frame.js';
import type { HostFiles } from '../parse/host-files.js';
import type { LookupHost } from '../../jinja/templar.js';
import type { Environment } from '../../environment.js';

export type FileKind = 'files' | 'templates' | 'vars' | 'tasks' | 'handlers';

/** Finds files of this machine for one task. */
export class TaskFiles implements LookupHost {
  readonly host: HostFiles;
  /** Files read by templates and lookups. */
  readonly read = new Set<string>();
  readonly #bases: readonly string[];
  readonly #environment: Environment;

  constructor(frame: Frame, place: TaskPlace) {
    this.host = place.host;
    this.#bases = searchPath(frame, place.playbook);
    this.#environment = place.environment;
  }

  readFile(path: string): string {
    this.read.add(path);
    return this.host.readText(path);
  }

  names(folder: string): string[] {
    return this.host.names(folder);
  }

  kind(path: string): 'file' | 'folder' | 'other' | undefined {
    if (this.host.isFile(path)) return 'file';
    if (this.host.isFolder(path)) return 'folder';
    return this.host.exists(path) ? 'other' : undefined;
  }

  env(name: string): string | undefined {
    return this.#environment[name];
  }

  /** The first match in Ansible's search order; undefined if there is none. */
  find(kind: FileKind, name: string): string | undefined {
    return this.#candidates(kind, name).find((path) => this.host.exists(path));
  }

  /** @throws BuilderError `not-found` naming the folders searched */
  need(kind: FileKind, name: string): string {
    const found = this.find(kind, name);
    if (found !== undefined) return found;
    const folders = this.#candidates(kind, name).map((path) => this.host.nameOf(path));
    throw new BuilderError(`There is no file "${name}"`, {
      code: 'not-found',
      hint: `Searched: ${folders.join(', ')}.`,
    });
  }

  #candidates(kind: FileKind, name: string): string[] {
    if (isAbsolute(name)) return [name];
    const bare = name.split('/')[0] === kind;
    return this.#bases.flatMap((base) =>
      bare ? [join(base, name)] : [join(base, kind, name), join(base, name)],
    );
  }
}

export interface TaskPlace {
  readonly host: HostFiles;
  /** Absolute path of the playbook's file. */
  readonly playbook: string;
  /** For lookup('env'). */
  readonly environment: Environment;
}

/** The folders to search: of the task's role, of the roles above it, of the task's file, of the playbook (task.py, get_search_path). */
function searchPath(frame: Frame, playbook: string): string[] {
  const roles = frame.role === undefined ? [] : [frame.role, ...frame.role.parents.toReversed()];
  return [...new Set([...roles.map(({ path }) => path), dirname(frame.path), dirname(playbook)])];
}
