import { dirname, isAbsolute, join } from 'node:path';
import { BuilderError, SpecError } from '../../errors.js';
import type { Sources } from './load-source.js';
import { nearestName } from '../../nearest-name.js';
import { Parsing, isMapping } from './parsing.js';
import { parseHandlers, parseRoleEntries } from './parse-play.js';
import { parseItems } from './parse-task.js';
import type { Item, RoleEntry, Variables } from './play.js';
import type { Role } from './role.js';

/** The main file of each folder of a role (`tasks_from` and the like of include_role). */
export interface RoleFiles {
  readonly tasks?: string | undefined;
  readonly vars?: string | undefined;
  readonly defaults?: string | undefined;
  readonly handlers?: string | undefined;
}

export interface RoleRequest {
  readonly entry: RoleEntry;
  readonly parents: readonly Role[];
  readonly from?: RoleFiles;
  /** As given to include_role; the default is in the role's metadata. */
  readonly allowDuplicates?: boolean;
}

interface Metadata {
  readonly dependencies: readonly RoleEntry[];
  readonly allowDuplicates: boolean;
}

/** Finds roles and reads their files. */
export class RoleLoader {
  readonly #sources: Sources;
  readonly #folders: readonly string[];
  /** By path: a task is one object, however often its role is used. */
  readonly #parsed = new Map<string, Item[]>();

  /** @param folders absolute paths to search for roles, in this order */
  constructor(sources: Sources, folders: readonly string[]) {
    this.#sources = sources;
    this.#folders = folders;
  }

  /**
   * Returns a role with its dependencies. Throws the errors of all its files at once.
   * @throws SpecError
   */
  load(request: RoleRequest): Role {
    const problems: BuilderError[] = [];
    const role = this.#load(request, problems);
    if (problems.length > 0 || role === undefined) throw new SpecError(problems);
    return role;
  }

  /** Like `load`, but adds to `problems` instead of throwing. */
  tryLoad(request: RoleRequest, problems: BuilderError[]): Role | undefined {
    return this.#load(request, problems);
  }

  #load(request: RoleRequest, problems: BuilderError[]): Role | undefined {
    const { entry, parents, from = {} } = request;
    const path = this.#find(entry, problems);
    if (path === undefined) return undefined;
    if (parents.length > 50 || parents.filter((parent) => parent.path === path).length > 1) {
      const names = parents.map((parent) => parent.name).join(' → ');
      problems.push(
        new BuilderError(`The role "${entry.role}" depends on itself: ${names}`, {
          code: 'invalid',
          origin: entry.origin,
        }),
      );
      return undefined;
    }
    const metadata = this.#metadata(path, problems);
    const tasks = this.#items({ path, kind: 'tasks', file: from.tasks, entry }, problems);
    const handlers = this.#items({ path, kind: 'handlers', file: from.handlers, entry }, problems);
    const dependencies: Role[] = [];
    const role: Role = {
      name: entry.role.split('/').at(-1) ?? entry.role,
      path,
      entry,
      defaults: this.#variables({ path, kind: 'defaults', file: from.defaults, entry }, problems),
      vars: this.#variables({ path, kind: 'vars', file: from.vars, entry }, problems),
      tasks: tasks.items,
      tasksPath: tasks.path,
      handlers: handlers.items,
      handlersPath: handlers.path,
      dependencies,
      allowDuplicates: request.allowDuplicates ?? metadata.allowDuplicates,
      parents,
      identity: JSON.stringify([entry.role, entry.params, entry.when, entry.tags, entry.vars, from]),
    };
    for (const dependency of metadata.dependencies) {
      const loaded = this.#load({ entry: dependency, parents: [...parents, role] }, problems);
      if (loaded) dependencies.push(loaded);
    }
    return role;
  }

  #find(entry: RoleEntry, problems: BuilderError[]): string | undefined {
    const { files } = this.#sources;
    const candidates = isAbsolute(entry.role)
      ? [entry.role]
      : this.#folders.map((folder) => join(folder, entry.role));
    const found = candidates.find((path) => files.isFolder(path));
    if (found === undefined) {
      const near = nearestName(
        entry.role,
        this.#folders.flatMap((folder) => files.names(folder)),
      );
      const folders = this.#folders.map((folder) => files.nameOf(folder)).join(', ');
      const hint = near === undefined ? `Searched: ${folders}.` : `Did you mean "${near}"?`;
      problems.push(
        new BuilderError(`There is no role "${entry.role}"`, { code: 'invalid', origin: entry.origin, hint }),
      );
    }
    return found;
  }

  #metadata(path: string, problems: BuilderError[]): Metadata {
    const file = this.#sources.find(join(path, 'meta'));
    const parsing = file === undefined ? undefined : this.#parsing(file, problems);
    if (!isMapping(parsing?.document.data)) return { dependencies: [], allowDuplicates: false };
    const { data } = parsing.document;
    return {
      dependencies: parseRoleEntries(parsing, data['dependencies'], ['dependencies']),
      allowDuplicates: data['allow_duplicates'] === true,
    };
  }

  #items(part: RolePart, problems: BuilderError[]): { items: Item[]; path: string } {
    const file = this.#file(part, problems);
    if (file === undefined) return { items: [], path: join(part.path, part.kind, 'main.yml') };
    let items = this.#parsed.get(file);
    if (items === undefined) {
      const parsing = this.#parsing(file, problems);
      const parse = part.kind === 'handlers' ? parseHandlers : parseItems;
      items = parsing === undefined ? [] : parse(parsing, parsing.document.data, []);
      this.#parsed.set(file, items);
    }
    return { items, path: file };
  }

  #variables(part: RolePart, problems: BuilderError[]): Variables {
    const file = this.#file(part, problems);
    if (file === undefined) return {};
    try {
      return this.#sources.variables(file);
    } catch (error) {
      collect(error, problems);
      return {};
    }
  }

  #file(part: RolePart, problems: BuilderError[]): string | undefined {
    const folder = join(part.path, part.kind);
    const found = this.#sources.find(folder, part.file);
    if (found === undefined && part.file !== undefined)
      problems.push(
        new BuilderError(`The role "${part.entry.role}" has no ${part.kind}/${part.file}`, {
          code: 'invalid',
          origin: part.entry.origin,
          hint: `It has: ${this.#sources.files.names(folder).join(', ')}.`,
        }),
      );
    return found;
  }

  #parsing(file: string, problems: BuilderError[]): Parsing | undefined {
    try {
      return new Parsing(this.#sources.document(file), problems);
    } catch (error) {
      collect(error, problems);
      return undefined;
    }
  }
}

interface RolePart {
  readonly path: string;
  readonly kind: 'tasks' | 'handlers' | 'vars' | 'defaults';
  readonly file: string | undefined;
  readonly entry: RoleEntry;
}

/** Adds the errors of a file to `problems`. */
export function collect(error: unknown, problems: BuilderError[]): void {
  if (error instanceof SpecError) problems.push(...error.problems);
  else if (error instanceof BuilderError) problems.push(error);
  else throw error;
}

/** Where to search a playbook's roles: in `roles/` beside it, then in its own folder. */
export function roleFolders(playbook: string): string[] {
  return [join(dirname(playbook), 'roles'), dirname(playbook)];
}
