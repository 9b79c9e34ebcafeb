import { type Mapping, type Parsing, isMapping } from '../parse/parsing.js';
import { hostNames } from './host-names.js';
import type { Inventory } from './inventory.js';

/** Reads an inventory in YAML form (ansible/plugins/inventory/yaml.py); reports errors as problems of the parsing. */
export function readYamlInventory(parsing: Parsing, inventory: Inventory): void {
  const top = parsing.mapping(parsing.document.data, [], 'An inventory');
  for (const [name, group] of Object.entries(top))
    readGroup({ name, group, path: [name] }, parsing, inventory);
}

function readGroup(
  { name, group, path }: { name: string; group: unknown; path: readonly string[] },
  parsing: Parsing,
  inventory: Inventory,
): void {
  const target = inventory.group(name);
  const given = parsing.mapping(group, path, `The group "${name}"`);
  for (const key of Object.keys(given))
    if (!['hosts', 'vars', 'children'].includes(key))
      parsing.keyProblem(`A group has no "${key}", only hosts, vars and children`, [...path, key]);
  const part = (key: string): Mapping => {
    const value = given[key];
    if (typeof value === 'string') return { [value]: null };
    return parsing.mapping(value, [...path, key], key);
  };
  target.variables = { ...target.variables, ...part('vars') };
  for (const [pattern, variables] of Object.entries(part('hosts')))
    for (const host of hostNames(pattern))
      inventory.addHost(host, name, isMapping(variables) ? variables : {});
  for (const [child, inner] of Object.entries(part('children'))) {
    target.children.add(child);
    readGroup({ name: child, group: inner, path: [...path, 'children', child] }, parsing, inventory);
  }
}
