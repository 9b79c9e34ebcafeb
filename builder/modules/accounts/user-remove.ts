import type { Accounts } from '../root/account-files.js';
import { LoginDefs } from './free-ids.js';
import type { ModuleContext } from '../module.js';
import type { UserArgs } from './user-args.js';

/** Removes a user as userdel(8) does, and its own group if no other user is in it. */
export function removeUser(args: UserArgs, accounts: Accounts, { root }: ModuleContext): void {
  const { name } = args;
  const [, , uid, gid, , home = ''] = accounts.passwd.find(name) ?? [];
  accounts.setGroups(name, [], false);
  for (const file of [accounts.passwd, accounts.shadow, accounts.subuid, accounts.subgid]) file.remove(name);
  const own = accounts.group.find(name);
  const used = accounts.passwd.rows.some((row) => row[3] === own?.[2]);
  const alone = own !== undefined && own[2] === gid && (own[3] ?? '') === '' && !used;
  if (alone && new LoginDefs(root).yes('USERGROUPS_ENAB')) accounts.removeGroup(name);
  if (!args.remove) return;
  const entry = root.lstat(home);
  if (home !== '/' && (args.force || entry?.uid === Number(uid))) root.remove(home);
  root.remove(`/var/mail/${name}`);
}
