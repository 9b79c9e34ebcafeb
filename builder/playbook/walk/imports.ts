import { BuilderError, SpecError } from '../../errors.js';
import { basename, dirname, join } from 'node:path';
import { type Frame, childFrame } from '../task/frame.js';
import type { RoleFiles, RoleLoader } from '../parse/load-role.js';
import type { Sources } from '../parse/load-source.js';
import { Parsing, isMapping, parseDirectives } from '../parse/parsing.js';
import { parseItems } from '../parse/parse-task.js';
import type { Directives, Item, RoleEntry } from '../parse/play.js';
import type { Role } from '../parse/role.js';
import type { TaskContext } from '../task/task-context.js';

/** The target of an import or include: tasks of a file, or a role, and their frame. */
export interface Imported {
  readonly items: readonly Item[];
  readonly role: Role | undefined;
  readonly frame: Frame;
}

/** Imports are static: their keywords apply to every task in them. */
export function isImport(action: string): boolean {
  return action === 'import_tasks' || action === 'import_role';
}

const roleArguments = [
  'name',
  'role',
  'tasks_from',
  'vars_from',
  'defaults_from',
  'handlers_from',
  'allow_duplicates',
  'apply',
  'public',
  'rolespec_validate',
];

/** Reads the files that import_* and include_* name. */
export class Importer {
  readonly #sources: Sources;
  readonly #roles: RoleLoader;
  readonly #items = new Map<string, readonly Item[]>();

  constructor(sources: Sources, roles: RoleLoader) {
    this.#sources = sources;
    this.#roles = roles;
  }

  /** Resolves `import_tasks` or `import_role`. @throws SpecError */
  expand(context: TaskContext): Imported {
    const { task, frame } = context;
    if (task.loop !== undefined)
      throw invalid(
        context,
        `"${task.action}" can't have a loop`,
        `Use ${task.action.replace('import', 'include')}.`,
      );
    return task.action === 'import_role' ? this.role(context, frame) : this.tasks(context, frame);
  }

  /** The tasks of a file. @throws SpecError */
  tasks(context: TaskContext, frame: Frame): Imported {
    const args = this.#arguments(context, ['file', 'apply']);
    const name = context.task.freeForm?.trim() ?? args['file'];
    if (typeof name !== 'string' || name === '')
      throw invalid(context, `"${context.task.action}" needs the name of a file`);
    const path = this.#find(context, String(context.templar.template(name)));
    if (depthOf(frame) > 150)
      throw invalid(context, `${this.#sources.files.nameOf(path)} includes itself without an end`);
    return {
      items: this.#load(path),
      role: undefined,
      frame: { ...this.#applied(context, frame, args), path },
    };
  }

  /** A role with its dependencies. @throws SpecError */
  role(context: TaskContext, frame: Frame): Imported {
    const raw = this.#arguments(context, roleArguments);
    const { apply, ...others } = raw;
    const args = context.templar.template(others);
    const name = isMapping(args) ? (args['name'] ?? args['role'] ?? context.task.freeForm) : undefined;
    if (!isMapping(args) || typeof name !== 'string')
      throw invalid(context, `"${context.task.action}" needs the name of a role`);
    const entry: RoleEntry = { ...emptyDirectives(context), vars: context.task.vars, role: name, params: {} };
    const around = context.frame.role;
    const role = this.#roles.load({
      entry,
      parents: around === undefined ? [] : [...around.parents, around],
      from: filesFrom(args),
      allowDuplicates: args['allow_duplicates'] !== false,
    });
    return { items: [], role, frame: this.#applied(context, frame, { apply }) };
  }

  #arguments(context: TaskContext, known: readonly string[]): Readonly<Record<string, unknown>> {
    const unknown = Object.keys(context.task.args).find((name) => !known.includes(name));
    if (unknown !== undefined)
      throw invalid(
        context,
        `"${unknown}" is not an argument of "${context.task.action}"`,
        `Known are ${known.join(', ')}.`,
      );
    return context.task.args;
  }

  /** Adds the keywords of `apply`, which hold for all included tasks. */
  #applied(context: TaskContext, frame: Frame, { apply }: { apply?: unknown }): Frame {
    if (apply === undefined) return frame;
    if (!isMapping(apply) || isImport(context.task.action))
      throw invalid(context, '"apply" must be a mapping, and belongs to include_*');
    const parsing = new Parsing(this.#sources.document(context.frame.path), []);
    return childFrame(frame, { ...parseDirectives(parsing, apply, []), origin: context.task.origin });
  }

  #load(path: string): readonly Item[] {
    let items = this.#items.get(path);
    if (items === undefined) {
      const parsing = new Parsing(this.#sources.document(path), []);
      items = parseItems(parsing, parsing.document.data, []);
      if (parsing.problems.length > 0) throw new SpecError(parsing.problems);
      this.#items.set(path, items);
    }
    return items;
  }

  #find(context: TaskContext, name: string): string {
    const { role, path } = context.frame;
    const beside = join(dirname(path), name);
    const own = role === undefined ? [] : [join(role.path, 'tasks', name), join(role.path, 'handlers', name)];
    const found = [beside, ...own].find((candidate) => this.#sources.files.isFile(candidate));
    if (found !== undefined) return found;
    try {
      return context.files.need('tasks', name);
    } catch (error) {
      throw error instanceof BuilderError ? invalid(context, error.message, error.hint) : error;
    }
  }
}

function filesFrom(args: Readonly<Record<string, unknown>>): RoleFiles {
  const from = (name: string): string | undefined =>
    args[`${name}_from`] === undefined ? undefined : basename(String(args[`${name}_from`]));
  return { tasks: from('tasks'), vars: from('vars'), defaults: from('defaults'), handlers: from('handlers') };
}

function emptyDirectives({ task }: TaskContext): Directives {
  return {
    name: undefined,
    origin: task.origin,
    when: [],
    tags: [],
    vars: {},
    environment: [],
    settings: {},
  };
}

function invalid({ task }: TaskContext, message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'invalid', origin: task.origin, hint });
}

function depthOf(frame: Frame): number {
  let depth = 0;
  for (let at = frame.parent; at; at = at.parent) depth++;
  return depth;
}
