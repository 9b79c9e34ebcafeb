import type { Root } from '../../plan/view.js';

/** A colon-separated file of /etc, in memory until `save`. */
export class AccountFile {
  readonly #root: Root;
  readonly #path: string;
  readonly #before: string;
  /** Whether the image has the file; a missing one is not created. */
  readonly present: boolean;
  rows: string[][];

  constructor(root: Root, path: string) {
    this.#root = root;
    this.#path = path;
    this.present = root.stat(path)?.type === 'file';
    this.#before = this.present ? root.read(path).toString() : '';
    this.rows = this.#before
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => line.split(':'));
  }

  /** The row of this name. */
  find(name: string): string[] | undefined {
    return this.rows.find(([first]) => first === name);
  }

  add(...row: (string | number)[]): void {
    if (this.present) this.rows.push(row.map(String));
  }

  remove(name: string): void {
    this.rows = this.rows.filter(([first]) => first !== name);
  }

  /** Writes the file if it changed; keeps owner and mode. */
  save(): boolean {
    const after = this.rows.map((row) => `${row.join(':')}\n`).join('');
    const entry = this.#root.stat(this.#path);
    if (after === this.#before || entry === undefined) return false;
    const { mode, uid, gid } = entry;
    this.#root.put(this.#root.realpath(this.#path), {
      type: 'file',
      mode,
      uid,
      gid,
      content: Buffer.from(after),
    });
    return true;
  }
}

/** The account databases of an image, for useradd and the like. */
export class Accounts {
  readonly passwd: AccountFile;
  readonly shadow: AccountFile;
  readonly group: AccountFile;
  readonly gshadow: AccountFile;
  readonly subuid: AccountFile;
  readonly subgid: AccountFile;

  constructor(root: Root) {
    const open = (name: string): AccountFile => new AccountFile(root, `/etc/${name}`);
    this.passwd = open('passwd');
    this.shadow = open('shadow');
    this.group = open('group');
    this.gshadow = open('gshadow');
    this.subuid = open('subuid');
    this.subgid = open('subgid');
  }

  /** Writes changed files; true if there were any. */
  save(): boolean {
    const files = [this.passwd, this.shadow, this.group, this.gshadow, this.subuid, this.subgid];
    return files.map((file) => file.save()).includes(true);
  }

  /** The row of a group by number, else by name, as in Ansible. */
  groupRow(group: string): string[] | undefined {
    return this.group.rows.find(([, , gid]) => gid === group) ?? this.group.find(group);
  }

  addGroup(name: string, gid: number): void {
    this.group.add(name, this.gshadow.present ? 'x' : '!', gid, '');
    this.gshadow.add(name, '!', '', '');
  }

  removeGroup(name: string): void {
    this.group.remove(name);
    this.gshadow.remove(name);
  }

  /** Names of the groups with the user as a member. */
  groupsOf(user: string): string[] {
    return this.group.rows.filter((row) => members(row).includes(user)).map(([name = '']) => name);
  }

  /** Adds the user to these groups, and removes it from all others unless `keepOthers`. */
  setGroups(user: string, groups: readonly string[], keepOthers: boolean): void {
    for (const row of [...this.group.rows, ...this.gshadow.rows]) {
      const now = members(row);
      const wanted = groups.includes(row[0] ?? '');
      if (wanted && !now.includes(user)) row[3] = [...now, user].join(',');
      if (!wanted && !keepOthers && now.includes(user))
        row[3] = now.filter((member) => member !== user).join(',');
    }
  }
}

function members(row: readonly string[]): string[] {
  return (row[3] ?? '').split(',').filter((name) => name !== '');
}
