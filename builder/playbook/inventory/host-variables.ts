import { dirname, join } from 'node:path';
import { BuilderError } from '../../errors.js';
import { nameHint } from '../../nearest-name.js';
import type { Sources } from '../parse/load-source.js';
import type { Variables } from '../parse/play.js';
import { Inventory } from './inventory.js';
import { readInventory } from './read-inventory.js';

/** The inventory, and the host in it that the image stands for. */
export interface InventoryChoice {
  /** `inventory_hostname`. */
  readonly host: string;
  /** The user named the host, so it must be in the inventory. */
  readonly named: boolean;
  /** Groups of the image besides those in the inventory. */
  readonly groups: readonly string[];
  /** Absolute path of a file or folder. */
  readonly path?: string | undefined;
}

export interface HostInventory {
  /** Variables of all hosts and of the host's groups, the strongest last. */
  readonly groupVariables: Variables;
  /** Variables of the host itself. */
  readonly hostVariables: Variables;
  /** The host's groups without "all". */
  readonly groupNames: readonly string[];
  /** Hosts by group. */
  readonly groups: Readonly<Record<string, readonly string[]>>;
}

/**
 * Variables from the inventory, and from `group_vars/` and `host_vars/` beside it and beside the playbook, in Ansible's order
 * (ansible/vars/manager.py, get_vars). @throws BuilderError, SpecError
 */
export function hostVariables(choice: InventoryChoice, playbook: string, sources: Sources): HostInventory {
  const inventory = choice.path === undefined ? new Inventory() : readInventory(choice.path, sources);
  const { host, named, groups: more } = choice;
  if (named && choice.path !== undefined && !inventory.hosts.has(host))
    throw new BuilderError(`There is no host "${host}" in ${sources.files.nameOf(choice.path)}`, {
      code: 'invalid',
      hint: nameHint(host, [...inventory.hosts.keys()]),
    });
  const names = inventory.groupsOf(host, more);
  const inner = names.slice(1);
  for (const name of inner) inventory.addHost(host, name);
  const beside = [...(choice.path === undefined ? [] : [folderOf(choice.path, sources)]), dirname(playbook)];
  const read = (kind: string, name: string): Variables[] =>
    beside.map((folder) => variablesIn(join(folder, kind), name, sources));
  const inFile = (name: string): Variables => inventory.groups.get(name)?.variables ?? {};
  const [everyone, groupFiles] = [read('group_vars', 'all'), inner.map((name) => read('group_vars', name))];
  return {
    groupVariables: merged([
      inFile('all'),
      ...inner.map(inFile),
      ...everyone,
      ...beside.flatMap((_, index) => groupFiles.map((found) => found[index] ?? {})),
    ]),
    hostVariables: merged([inventory.hosts.get(host) ?? {}, ...read('host_vars', host)]),
    groupNames: inner.toSorted(),
    groups: Object.fromEntries([...inventory.groups.keys()].map((name) => [name, hostsOf(name, inventory)])),
  };
}

function folderOf(path: string, { files }: Sources): string {
  return files.isFolder(path) ? path : dirname(path);
}

function hostsOf(name: string, inventory: Inventory, seen: ReadonlySet<string> = new Set()): string[] {
  if (name === 'all') return [...inventory.hosts.keys()];
  const group = inventory.groups.get(name);
  if (group === undefined || seen.has(name)) return [];
  const inner = new Set([...seen, name]);
  return [
    ...new Set([...group.hosts, ...[...group.children].flatMap((child) => hostsOf(child, inventory, inner))]),
  ];
}

/** Reads `folder/name`: a file, with or without an extension, or a folder of files (ansible/parsing/dataloader.py, find_vars_files). */
function variablesIn(folder: string, name: string, sources: Sources): Variables {
  const { files } = sources;
  const path = ['', '.yml', '.yaml', '.json']
    .map((end) => join(folder, name + end))
    .find((one) => files.exists(one));
  if (path === undefined) return {};
  if (!files.isFolder(path)) return sources.variables(path);
  return merged(filesBelow(path, sources).map((one) => sources.variables(one)));
}

function filesBelow(folder: string, sources: Sources): string[] {
  const { files } = sources;
  return files.names(folder).flatMap((name) => {
    const path = join(folder, name);
    if (name.startsWith('.') || name.endsWith('~')) return [];
    if (files.isFolder(path)) return filesBelow(path, sources);
    return /\.(ya?ml|json)$/.test(name) || !name.includes('.') ? [path] : [];
  });
}

function merged(parts: readonly Variables[]): Variables {
  return Object.assign({}, ...parts) as Variables;
}
