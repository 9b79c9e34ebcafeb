import type { Item, RoleEntry, Variables } from './play.js';

/** A role with the parameters of one play, role or task. */
export interface Role {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly path: string;
  readonly entry: RoleEntry;
  readonly defaults: Variables;
  readonly vars: Variables;
  readonly tasks: readonly Item[];
  /** Absolute path of its tasks file. */
  readonly tasksPath: string;
  readonly handlers: readonly Item[];
  readonly handlersPath: string;
  readonly dependencies: readonly Role[];
  readonly allowDuplicates: boolean;
  /** The roles that depend on or include this one, outermost first. */
  readonly parents: readonly Role[];
  /** The same for the same name, parameters and keywords: such a role runs once. */
  readonly identity: string;
}

/** All dependencies, the deepest first. */
export function allDependencies(role: Role): Role[] {
  return role.dependencies.flatMap((dependency) => [...allDependencies(dependency), dependency]);
}
