import type { View } from '../../plan/view.js';
import { readTable } from '../root/accounts.js';

/** Numbers of users and groups by name, read once. */
export class AccountNames {
  readonly #users: ReadonlyMap<string, number>;
  readonly #groups: ReadonlyMap<string, number>;

  constructor(root: View) {
    const numbers = (path: string): Map<string, number> =>
      new Map(readTable(root, path).map((row) => [row[0] ?? '', Number(row[2])]));
    this.#users = numbers('/etc/passwd');
    this.#groups = numbers('/etc/group');
  }

  /** The number of that name in the image, else `fallback`. */
  uid(name: string, fallback: number): number {
    return this.#users.get(name) ?? fallback;
  }

  gid(name: string, fallback: number): number {
    return this.#groups.get(name) ?? fallback;
  }
}
