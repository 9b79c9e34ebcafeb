import type { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { Accounts } from '../root/account-files.js';
import { choice, flag, integer, moduleArgs, text } from '../args.js';
import { freeId, LoginDefs, usedIds } from './free-ids.js';
import type { ModuleContext } from '../module.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const args = moduleArgs({
  name: text,
  state: choice('present', 'absent').default('present'),
  gid: integer.optional(),
  system: flag.default(false),
  non_unique: flag.default(false),
  // All groups of an image are local.
  local: flag.optional(),
});

type GroupArgs = z.output<typeof args>;

/** `group`: makes, renumbers and removes groups as groupadd, groupmod and groupdel do. */
export const group = defineModule<GroupArgs>({
  name: 'group',
  version: 1,
  kind: 'file',
  args,
  run: runGroup,
});

function runGroup(args: GroupArgs, context: ModuleContext): TaskResult {
  const accounts = new Accounts(context.root);
  if (args.state === 'absent') removeGroup(args.name, accounts);
  else if (accounts.group.find(args.name) === undefined) addGroup(args, accounts, context);
  else renumber(args, accounts);
  const changed = accounts.save();
  const row = accounts.group.find(args.name);
  const facts = row === undefined ? {} : { gid: Number(row[2]), system: args.system };
  return { changed, name: args.name, state: args.state, ...facts };
}

function addGroup(args: GroupArgs, accounts: Accounts, { root }: ModuleContext): void {
  checkName(args.name, 'group');
  if (args.gid !== undefined) checkFree(args, accounts);
  const { system } = args;
  const gid = args.gid ?? freeId('GID', usedIds(accounts.group), { defs: new LoginDefs(root), system });
  accounts.addGroup(args.name, gid);
}

function checkFree({ gid, name, non_unique }: GroupArgs, accounts: Accounts): void {
  const taken = accounts.group.rows.find((row) => row[2] === String(gid) && row[0] !== name);
  if (taken !== undefined && !non_unique)
    throw new TaskFailure(`groupadd: GID '${gid}' already exists`, { name });
}

/** Changes the group's number, also in users with this primary group (groupmod(8)). */
function renumber(args: GroupArgs, accounts: Accounts): void {
  const row = accounts.group.find(args.name) as string[];
  if (args.gid === undefined || row[2] === String(args.gid)) return;
  checkFree(args, accounts);
  for (const user of accounts.passwd.rows) if (user[3] === row[2]) user[3] = String(args.gid);
  row[2] = String(args.gid);
}

function removeGroup(name: string, accounts: Accounts): void {
  const gid = accounts.group.find(name)?.[2];
  const user = gid === undefined ? undefined : accounts.passwd.rows.find((row) => row[3] === gid)?.[0];
  if (user !== undefined)
    throw new TaskFailure(`groupdel: cannot remove the primary group of user '${user}'`, { name });
  accounts.removeGroup(name);
}

/** Checks a name by the rules of useradd and groupadd (Debian's shadow: no colon, comma, slash or white space, no leading dash). */
export function checkName(name: string, kind: 'user' | 'group'): void {
  if (/^[^-+~:,/\s][^:,/\s]{0,31}$/.test(name)) return;
  throw new TaskFailure(`'${name}' is not a valid ${kind} name`, { name });
}
