import type { Variables } from '../parse/play.js';

/** A group of hosts from the files of an inventory. */
export interface Group {
  readonly hosts: Set<string>;
  readonly children: Set<string>;
  variables: Variables;
}

/** Hosts and groups from the files of an inventory. */
export class Inventory {
  readonly groups = new Map<string, Group>([['all', newGroup()]]);
  readonly hosts = new Map<string, Variables>();

  group(name: string): Group {
    const group = this.groups.get(name) ?? newGroup();
    this.groups.set(name, group);
    return group;
  }

  /** Adds a host to a group, and merges variables into the host's. */
  addHost(name: string, group: string, variables: Variables = {}): void {
    this.group(group).hosts.add(name);
    this.hosts.set(name, { ...this.hosts.get(name), ...variables });
  }

  /**
   * The groups of a host, the strongest last: by depth, then `ansible_group_priority`, then name (ansible/inventory/helpers.py,
   * sort_groups).
   * @param more groups of the host besides those in the files
   */
  groupsOf(host: string, more: readonly string[] = []): string[] {
    const found = new Set(more.filter((name) => name !== 'all'));
    for (const [name, { hosts }] of this.groups) if (name !== 'all' && hosts.has(host)) found.add(name);
    // The set grows during iteration, so that parents of parents are found, too.
    for (const name of found)
      for (const [parent, { children }] of this.groups)
        if (parent !== 'all' && children.has(name)) found.add(parent);
    if (found.size === 0) found.add('ungrouped');
    const rank = (name: string): [number, number] => [this.#depth(name), this.#priority(name)];
    const sorted = [...found].sort((a, b) => {
      const [[depthA, priorityA], [depthB, priorityB]] = [rank(a), rank(b)];
      return depthA - depthB || priorityA - priorityB || (a < b ? -1 : 1);
    });
    return ['all', ...sorted];
  }

  #depth(name: string, seen: ReadonlySet<string> = new Set()): number {
    if (seen.has(name)) return 0;
    const parents = [...this.groups].filter(
      ([parent, { children }]) => parent !== 'all' && children.has(name),
    );
    const inner = new Set([...seen, name]);
    return 1 + Math.max(0, ...parents.map(([parent]) => this.#depth(parent, inner)));
  }

  #priority(name: string): number {
    const given = Number(this.groups.get(name)?.variables['ansible_group_priority'] ?? 1);
    return Number.isFinite(given) ? given : 1;
  }
}

function newGroup(): Group {
  return { hosts: new Set(), children: new Set(), variables: {} };
}
