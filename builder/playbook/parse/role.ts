import type { Item, RoleEntry, Variables } from './play.js';

/** A role with its parameters, as one play, role or task asked for it. */
export interface Role {
  readonly name: string;
  /** Absolute path of its folder. */
  readonly path: string;
  readonly entry: RoleEntry;
  readonly defaults: Variables;
  readonly vars: Variables;
  readonly tasks: readonly Item[];
  /** Absolute path of the file that the tasks stand in. */
  readonly tasksPath: string;
  readonly handlers: readonly Item[];
  readonly handlersPath: string;
  readonly dependencies: readonly Role[];
  readonly allowDuplicates: boolean;
  /** The roles that led to this one, outermost first. */
  readonly parents: readonly Role[];
  /** Equal where name, parameters and keywords are: such a role runs once. */
  readonly identity: string;
}

/** All dependencies, the deepest first. */
export function allDependencies(role: Role): Role[] {
  return role.dependencies.flatMap((dependency) => [...allDependencies(dependency), dependency]);
}
