import type { View } from '../../plan/view.js';
import type { AccountFile } from '../root/account-files.js';
import { TaskFailure } from '../task-failure.js';

/** Reads a file of "KEY value" or "KEY=value" lines (login.defs(5), /etc/default/useradd). */
export function readSettings(root: View, path: string): ReadonlyMap<string, string> {
  if (root.stat(path)?.type !== 'file') return new Map();
  const lines = root.read(path).toString().split('\n');
  return new Map(
    lines.flatMap((line) => {
      const [, name, value] = /^\s*([A-Z_]+)[\s=]+(\S.*?)\s*$/.exec(line) ?? [];
      return name === undefined || value === undefined ? [] : [[name, value] as const];
    }),
  );
}

/** /etc/login.defs, with numbers in C's notation. */
export class LoginDefs {
  readonly #settings: ReadonlyMap<string, string>;

  constructor(root: View) {
    this.#settings = readSettings(root, '/etc/login.defs');
  }

  number(name: string, fallback: number): number {
    const value = this.#settings.get(name);
    if (value === undefined) return fallback;
    return /^0[0-7]+$/.test(value) ? parseInt(value, 8) : Number(value);
  }

  text(name: string): string | undefined {
    return this.#settings.get(name);
  }

  yes(name: string): boolean {
    return this.#settings.get(name)?.toLowerCase() === 'yes';
  }
}

/**
 * A free number for a user or group, chosen as shadow's find_new_uid and find_new_gid do: normal ones above the
 * highest in use, system ones below the lowest in use, else the first free one in the range.
 */
export function freeId(
  kind: 'UID' | 'GID',
  used: ReadonlySet<number>,
  options: { readonly defs: LoginDefs; readonly system: boolean; readonly preferred?: number | undefined },
): number {
  const { defs, system, preferred } = options;
  const normalMin = defs.number(`${kind}_MIN`, 1000);
  const min = system ? defs.number(`SYS_${kind}_MIN`, 101) : normalMin;
  const max = system ? defs.number(`SYS_${kind}_MAX`, normalMin - 1) : defs.number(`${kind}_MAX`, 60000);
  if (preferred !== undefined && preferred >= 1 && preferred <= max && !used.has(preferred)) return preferred;
  const inRange = [...used].filter((id) => id >= min && id <= max);
  const start = system ? Math.min(max + 1, ...inRange) - 1 : Math.max(min - 1, ...inRange) + 1;
  const step = system ? -1 : 1;
  for (let id = start; id >= min && id <= max; id += step) if (!used.has(id)) return id;
  for (let id = system ? max : min; id >= min && id <= max; id += step) if (!used.has(id)) return id;
  throw new TaskFailure(`can't find a free ${kind} between ${min} and ${max} (see /etc/login.defs)`);
}

/** The numbers that a table uses. */
export function usedIds(file: AccountFile): Set<number> {
  return new Set(file.rows.map((row) => Number(row[2])));
}

/** The start of the next free range of subordinate ids (sub_uid_find_free_range). */
export function freeRange(file: AccountFile, bounds: { min: number; max: number; count: number }): number {
  const ranges = file.rows
    .map((row) => ({ start: Number(row[1]), count: Number(row[2]) }))
    .sort((a, b) => a.start - b.start);
  let low = bounds.min;
  for (const { start, count } of ranges) {
    if (start >= low + bounds.count) break;
    low = Math.max(low, start + count);
  }
  if (low + bounds.count - 1 > bounds.max)
    throw new TaskFailure("can't find a free range of subordinate ids");
  return low;
}
