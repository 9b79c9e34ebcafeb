import { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { Accounts } from '../root/account-files.js';
import { choice, flag, integer, list, moduleArgs, path, text } from '../args.js';
import type { ModuleContext } from '../module.js';
import { defineModule } from '../task-failure.js';
import { addUser } from './user-add.js';
import { changeUser } from './user-change.js';
import { ensureHome } from './user-home.js';
import { removeUser } from './user-remove.js';

const noKey = 'a key made in a build would be in every container: mount or generate it at start';
const otherSystem = 'it is for other systems than Linux';

const args = moduleArgs(
  {
    name: text,
    state: choice('present', 'absent').default('present'),
    uid: integer.optional(),
    non_unique: flag.default(false),
    group: text.optional(),
    groups: list.transform((names) => names.filter((name) => name !== '')).optional(),
    append: flag.default(false),
    comment: text.optional(),
    home: path.optional(),
    create_home: flag.default(true),
    move_home: flag.default(false),
    skeleton: path.optional(),
    umask: text.optional(),
    shell: text.optional(),
    password: text.optional(),
    password_lock: flag.optional(),
    update_password: choice('always', 'on_create').default('always'),
    password_expire_max: integer.optional(),
    password_expire_min: integer.optional(),
    expires: z.coerce.number().optional(),
    system: flag.default(false),
    remove: flag.default(false),
    force: flag.default(false),
    // There are no other than local users in an image.
    local: flag.optional(),
  },
  {
    aliases: { user: 'name', createhome: 'create_home' },
    refused: {
      generate_ssh_key: noKey,
      ssh_key_bits: noKey,
      ssh_key_type: noKey,
      ssh_key_file: noKey,
      ssh_key_comment: noKey,
      ssh_key_passphrase: noKey,
      hidden: otherSystem,
      login_class: otherSystem,
      profile: otherSystem,
      authorization: otherSystem,
      role: otherSystem,
    },
  },
);

export type UserArgs = z.output<typeof args>;

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
