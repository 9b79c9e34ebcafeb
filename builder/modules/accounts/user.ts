import type { TaskResult } from '../../plan/step.js';
import { Accounts } from '../root/account-files.js';
import type { ModuleContext } from '../module.js';
import { defineModule } from '../task-failure.js';
import { addUser } from './user-add.js';
import { changeUser } from './user-change.js';
import { ensureHome } from './user-home.js';
import { removeUser } from './user-remove.js';
import { args, type UserArgs } from './user-args.js';

/** `user`: makes, changes and removes users as useradd, usermod and userdel do (ansible/modules/user.py). */
export const user = defineModule<UserArgs>({ name: 'user', version: 1, kind: 'file', args, run: runUser });

function runUser(args: UserArgs, context: ModuleContext): TaskResult {
  const accounts = new Accounts(context.root);
  const { name, state } = args;
  const there = accounts.passwd.find(name) !== undefined;
  if (state === 'absent') {
    if (there) removeUser(args, accounts, context);
    accounts.save();
    return { changed: there, name, state, ...(there && { force: args.force, remove: args.remove }) };
  }
  const changed = there ? changeUser(args, accounts, context) : addUser(args, accounts, context);
  accounts.save();
  const homeMade = args.create_home && ensureHome(args, accounts, context);
  return { changed: changed || homeMade, ...userFacts(args, accounts, there) };
}

function userFacts(args: UserArgs, accounts: Accounts, there: boolean): Omit<TaskResult, 'changed'> {
  const [, , uid, gid, comment = '', home = '', shell = ''] = accounts.passwd.find(args.name) ?? [];
  const { append, move_home, system, create_home } = args;
  return {
    name: args.name,
    state: 'present',
    uid: Number(uid),
    group: Number(gid),
    comment,
    home,
    shell,
    ...(args.groups !== undefined && { groups: args.groups.join(',') }),
    ...(args.password !== undefined && { password: 'NOT_LOGGING_PASSWORD' }),
    ...(there ? { append, move_home } : { system, create_home }),
  };
}
