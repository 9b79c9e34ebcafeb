import { dirname } from 'node:path';
import { type Frame, includeParams, taskVariables } from './frame.js';
import { OMIT } from '../../jinja/templar.js';
import { literal } from '../literal.js';
import type { Play, Variables } from '../parse/play.js';
import { type Role, allDependencies } from '../parse/role.js';

export interface GivenVariables {
  /** Those of the inventory, of `group_vars/` and `host_vars/`, and of the image spec. */
  readonly inventory: Variables;
  /** Hosts by group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The host's groups without "all". */
  readonly groupNames: readonly string[];
  /** `--var`: they win over all others. */
  readonly extra: Variables;
  /** Facts of the image, with or without "ansible_" before their names. */
  readonly facts: Variables;
  /** `inventory_hostname`. */
  readonly hostName: string;
  readonly runTags: readonly string[];
  readonly skipTags: readonly string[];
}

const version = { full: '2.14.18', string: '2.14.18', major: 2, minor: 14, revision: 18 };

/** All variables of a playbook's run, in Ansible's order of precedence (vars/manager.py, get_vars). */
export class VariableStore {
  readonly #given: GivenVariables;
  #facts: Record<string, unknown> = {};
  /** From include_vars. */
  readonly #included: Record<string, unknown> = {};
  /** From set_fact and register. */
  readonly #set: Record<string, unknown> = {};
  #play: Play | undefined;
  #varsFiles: readonly Variables[] = [];
  /** Roles with defaults and variables visible to all tasks of the play. */
  #roles: Role[] = [];
  /** Names with values that a plan guessed. */
  readonly #guessed = new Set<string>();

  constructor(given: GivenVariables) {
    this.#given = given;
    this.addFacts(given.facts);
  }

  startPlay(play: Play, roles: readonly Role[]): void {
    this.#play = play;
    this.#roles = [...roles];
    this.#varsFiles = [];
  }

  setVarsFiles(files: readonly Variables[]): void {
    this.#varsFiles = files;
  }

  /** Makes the role's defaults and variables visible to all tasks from now on. */
  expose(role: Role): void {
    if (!this.#roles.includes(role)) this.#roles.push(role);
  }

  addFacts(facts: Variables): void {
    const known = { ...(this.#facts['ansible_facts'] as Variables | undefined) };
    for (const [name, value] of Object.entries(facts)) {
      const short = name.replace(/^ansible_(?!local$)/, '');
      known[short] = literal(value);
      this.#facts[short.startsWith('ansible_') ? short : `ansible_${short}`] = known[short];
    }
    this.#facts['ansible_facts'] = known;
  }

  /** Adds facts that a module found; they keep their own names, too, such as `packages` and `getent_passwd`. */
  addModuleFacts(facts: Variables): void {
    this.addFacts(facts);
    Object.assign(this.#facts, literal(facts));
  }

  clearFacts(): void {
    this.#facts = { ansible_facts: {} };
  }

  include(variables: Variables): void {
    Object.assign(this.#included, variables);
  }

  /** Sets values that are not templates. `guessed`: they depend on a step that a plan did not run. */
  set(variables: Variables, guessed: boolean): void {
    for (const [name, value] of Object.entries(variables)) {
      this.#set[name] = literal(value);
      if (guessed) this.#guessed.add(name);
      else this.#guessed.delete(name);
    }
  }

  isGuessed(names: Iterable<string>): boolean {
    if (this.#guessed.size === 0) return false;
    for (const name of names) if (this.#guessed.has(name)) return true;
    return false;
  }

  /** The variables visible to a task, the strongest layer first. */
  layers(frame: Frame): Variables[] {
    const { role } = frame;
    const chain = role === undefined ? [] : [...role.parents, role];
    const magic: Variables = this.#magic(frame);
    const layers = [
      magic,
      this.#given.extra,
      ...includeParams(frame),
      ...chain.map(({ entry }) => entry.params).reverse(),
      this.#set,
      this.#included,
      ...taskVariables(frame),
      ...(role === undefined ? [] : roleVariables(role)),
      ...this.#roles.toReversed().flatMap(ownVariables),
      ...this.#varsFiles.toReversed(),
      this.#play?.vars ?? {},
      this.#facts,
      this.#given.inventory,
      ...(role === undefined ? [] : roleDefaults(role)),
      ...this.#roles.toReversed().flatMap(ownDefaults),
      { ansible_managed: 'Ansible managed', ansible_connection: 'local' },
    ];
    lazily(magic, 'vars', () => flattened(layers));
    lazily(magic, 'hostvars', () => ({ [this.#given.hostName]: flattened(layers) }));
    return layers;
  }

  #magic(frame: Frame): Record<string, unknown> {
    const { hostName, runTags, skipTags, groups, groupNames } = this.#given;
    const hosts = [hostName];
    const roleNames = this.#roles.map(({ name }) => name);
    return {
      inventory_hostname: hostName,
      inventory_hostname_short: hostName.split('.')[0],
      groups,
      group_names: groupNames,
      ansible_play_hosts: hosts,
      ansible_play_hosts_all: hosts,
      ansible_play_batch: hosts,
      play_hosts: hosts,
      ansible_play_name: this.#play?.name ?? '',
      ansible_play_role_names: roleNames,
      ansible_role_names: roleNames,
      ansible_check_mode: false,
      ansible_diff_mode: false,
      ansible_verbosity: 0,
      ansible_forks: 1,
      ansible_version: version,
      ansible_run_tags: runTags.length > 0 ? runTags : ['all'],
      ansible_skip_tags: skipTags,
      playbook_dir: this.#play === undefined ? '' : dirname(this.#play.path),
      omit: OMIT,
      ...(frame.role === undefined ? {} : roleMagic(frame.role)),
    };
  }
}

function roleMagic(role: Role): Variables {
  return {
    role_name: role.name,
    ansible_role_name: role.name,
    role_path: role.path,
    ansible_parent_role_names: role.parents.map(({ name }) => name).reverse(),
    ansible_parent_role_paths: role.parents.map(({ path }) => path).reverse(),
    ansible_dependent_role_names: allDependencies(role).map(({ name }) => name),
  };
}

/** Variables of a role that its own tasks see above those of all other roles (role/__init__.py, get_vars). */
function roleVariables(role: Role): Variables[] {
  return [
    ...ownVariables(role),
    ...role.parents.toReversed().flatMap((parent) => [parent.vars, parent.entry.vars]),
  ];
}

function ownVariables(role: Role): Variables[] {
  return [
    role.vars,
    role.entry.vars,
    ...allDependencies(role)
      .toReversed()
      .flatMap(({ vars, entry }) => [vars, entry.vars]),
  ];
}

function roleDefaults(role: Role): Variables[] {
  return [
    role.defaults,
    ...role.parents.toReversed().map(({ defaults }) => defaults),
    ...dependencyDefaults(role),
  ];
}

function ownDefaults(role: Role): Variables[] {
  return [role.defaults, ...dependencyDefaults(role)];
}

function dependencyDefaults(role: Role): Variables[] {
  return allDependencies(role)
    .toReversed()
    .map(({ defaults }) => defaults);
}

function lazily(target: object, name: string, get: () => unknown): void {
  Object.defineProperty(target, name, { get, enumerable: false, configurable: true });
}

function flattened(layers: readonly Variables[]): Variables {
  return Object.assign({}, ...layers.toReversed()) as Variables;
}
