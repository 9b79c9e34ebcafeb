import { posix } from 'node:path';
import type { Entry } from '../../tar/entry.js';
import type { Root } from '../../plan/view.js';
import type { Accounts } from '../root/account-files.js';
import type { ModuleContext } from '../module.js';
import { TaskFailure } from '../task-failure.js';
import type { UserArgs } from './user-args.js';
import { checkedGroups, existingGroup, expiryDay } from './user-add.js';
import { moveTree } from './move-tree.js';

/** Changes a user as usermod(8) does when called by Ansible; true if anything changed. */
export function changeUser(args: UserArgs, accounts: Accounts, context: ModuleContext): boolean {
  const row = accounts.passwd.find(args.name) as string[];
  const before = [...row];
  changeNumbers(args, accounts, row);
  if (args.comment !== undefined) row[4] = args.comment;
  if (args.home !== undefined) row[5] = args.home;
  if (args.shell !== undefined) row[6] = args.shell;
  const groupsChanged = changeGroups(args, accounts);
  const shadowChanged = changeShadow(args, accounts, context.epoch);
  followOwner(before, row, context.root);
  if (args.move_home && before[5] !== row[5]) moveTree(context, before[5] ?? '', row[5] ?? '');
  return before.join(':') !== row.join(':') || groupsChanged || shadowChanged;
}

function changeNumbers(args: UserArgs, accounts: Accounts, row: string[]): void {
  if (args.uid !== undefined && row[2] !== String(args.uid)) {
    const taken = accounts.passwd.rows.some((other) => other[2] === String(args.uid));
    if (taken && !args.non_unique)
      throw new TaskFailure(`usermod: UID '${args.uid}' already exists`, { name: args.name, rc: 4 });
    row[2] = String(args.uid);
  }
  if (args.group !== undefined) row[3] = existingGroup(args.group, accounts)[2] as string;
}

function changeGroups(args: UserArgs, accounts: Accounts): boolean {
  if (args.groups === undefined) return false;
  const now = accounts.groupsOf(args.name);
  const wanted = checkedGroups(args, accounts, undefined);
  const same = args.append
    ? wanted.every((group) => now.includes(group))
    : now.length === wanted.length && now.every((group) => wanted.includes(group));
  if (same || (args.append && wanted.length === 0)) return false;
  accounts.setGroups(args.name, wanted, args.append);
  return true;
}

function changeShadow(args: UserArgs, accounts: Accounts, epoch: number): boolean {
  const row = accounts.shadow.find(args.name);
  if (row === undefined) return false;
  const before = row.join(':');
  const hash = row[1] ?? '';
  if (args.password_lock === true && !hash.startsWith('!')) row[1] = `!${hash}`;
  // As usermod, don't unlock an account without a password.
  if (args.password_lock === false && /^!./.test(hash)) row[1] = hash.slice(1);
  if (
    args.update_password === 'always' &&
    args.password !== undefined &&
    bare(hash) !== bare(args.password)
  ) {
    row[1] = `${args.password_lock === true ? '!' : ''}${args.password}`;
    row[2] = String(Math.floor(epoch / 86400));
  }
  if (args.password_expire_min !== undefined) row[3] = String(args.password_expire_min);
  if (args.password_expire_max !== undefined) row[4] = String(args.password_expire_max);
  row[7] = expiryDay(args.expires) ?? row[7] ?? '';
  return row.join(':') !== before;
}

function bare(hash: string): string {
  return hash.replace(/^!+/, '');
}

/** As usermod, gives the user's files in its home to the new numbers. */
function followOwner(before: readonly string[], after: readonly string[], root: Root): void {
  const [, , oldUid, oldGid, , home = ''] = before;
  const [, , uid, gid] = after;
  if ((oldUid === uid && oldGid === gid) || root.lstat(home)?.type !== 'directory') return;
  const renumber = (entry: Entry): void => {
    const change = {
      ...(entry.uid === Number(oldUid) && { uid: Number(uid) }),
      ...(entry.gid === Number(oldGid) && { gid: Number(gid) }),
    };
    if (Object.keys(change).length > 0) root.touch(entry.path, change);
  };
  walk(root, home, renumber);
}

function walk(root: Root, path: string, visit: (entry: Entry) => void): void {
  const entry = root.lstat(path);
  if (entry === undefined) return;
  visit(entry);
  if (entry.type === 'directory')
    for (const name of root.readdir(path)) walk(root, posix.join(path, name), visit);
}
