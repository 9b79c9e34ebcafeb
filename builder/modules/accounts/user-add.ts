import type { Accounts } from '../root/account-files.js';
import { freeId, freeRange, LoginDefs, readSettings, usedIds } from './free-ids.js';
import { checkName } from './group.js';
import type { ModuleContext } from '../module.js';
import { TaskFailure } from '../task-failure.js';
import type { UserArgs } from './user-args.js';
import { makeHome } from './user-home.js';

/** Adds a user and its home folder, as useradd(8) does when called by Ansible. */
export function addUser(args: UserArgs, accounts: Accounts, context: ModuleContext): true {
  const { root, epoch } = context;
  const { name, system } = args;
  checkName(name, 'user');
  const defs = new LoginDefs(root);
  const defaults = readSettings(root, '/etc/default/useradd');
  const uid = args.uid ?? freeId('UID', usedIds(accounts.passwd), { defs, system });
  checkUid(args, accounts);
  const gid = primaryGroup(args, accounts, { uid, defs, fallback: defaults.get('GROUP') ?? '100' });
  const home = args.home ?? `${defaults.get('HOME') ?? '/home'}/${name}`;
  const shell = args.shell ?? defaults.get('SHELL') ?? '';
  accounts.passwd.add(name, 'x', uid, gid, args.comment ?? '', home, shell);
  const ages = system
    ? ['', '', '']
    : [defs.number('PASS_MIN_DAYS', -1), defs.number('PASS_MAX_DAYS', -1), defs.number('PASS_WARN_AGE', -1)];
  const [min, max, warn] = ages.map((days) => (days === -1 ? '' : days));
  accounts.shadow.add(
    name,
    `${args.password !== undefined && args.password_lock === true ? '!' : ''}${args.password ?? '!'}`,
    Math.floor(epoch / 86400),
    args.password_expire_min ?? min ?? '',
    args.password_expire_max ?? max ?? '',
    warn ?? '',
    defaults.get('INACTIVE')?.replace('-1', '') ?? '',
    expiryDay(args.expires) ?? '',
    '',
  );
  addSubordinates(args, accounts, defs);
  if (args.groups !== undefined) accounts.setGroups(name, checkedGroups(args, accounts, gid), true);
  if (args.create_home) makeHome({ uid, gid, home }, args, context);
  return true;
}

/** Converts seconds to days since 1970; '' (never) for a negative time, undefined for none. */
export function expiryDay(expires: number | undefined): string | undefined {
  if (expires === undefined) return undefined;
  return expires < 0 ? '' : String(Math.floor(expires / 86400));
}

function checkUid({ uid, name, non_unique }: UserArgs, accounts: Accounts): void {
  if (uid !== undefined && !non_unique && usedIds(accounts.passwd).has(uid))
    throw new TaskFailure(`useradd: UID ${uid} is not unique`, { name, rc: 4 });
}

function primaryGroup(
  args: UserArgs,
  accounts: Accounts,
  options: { readonly uid: number; readonly defs: LoginDefs; readonly fallback: string },
): number {
  const { uid, defs, fallback } = options;
  if (args.group !== undefined) return Number(existingGroup(args.group, accounts)[2]);
  if (accounts.group.find(args.name) !== undefined || !defs.yes('USERGROUPS_ENAB'))
    return Number(accounts.groupRow(fallback)?.[2] ?? fallback);
  const gid = freeId('GID', usedIds(accounts.group), { defs, system: args.system, preferred: uid });
  accounts.addGroup(args.name, gid);
  return gid;
}

/** @throws TaskFailure if there is no such group */
export function existingGroup(group: string, accounts: Accounts): string[] {
  const row = accounts.groupRow(group);
  if (row === undefined) throw new TaskFailure(`Group ${group} does not exist`);
  return row;
}

/** Names of the task's groups, without the primary one. */
export function checkedGroups(args: UserArgs, accounts: Accounts, primary: number | undefined): string[] {
  return (args.groups ?? [])
    .map((group) => existingGroup(group, accounts))
    .filter((row) => row[2] !== String(primary))
    .map(([name = '']) => name);
}

function addSubordinates({ name, system, uid }: UserArgs, accounts: Accounts, defs: LoginDefs): void {
  const inRange =
    uid === undefined || (uid >= defs.number('UID_MIN', 1000) && uid <= defs.number('UID_MAX', 60000));
  if (system || !inRange) return;
  for (const kind of ['UID', 'GID'] as const) {
    const file = kind === 'UID' ? accounts.subuid : accounts.subgid;
    const count = defs.number(`SUB_${kind}_COUNT`, 65536);
    const min = defs.number(`SUB_${kind}_MIN`, 100000);
    const max = defs.number(`SUB_${kind}_MAX`, 600100000);
    if (count > 0 && file.find(name) === undefined)
      file.add(name, freeRange(file, { min, max, count }), count);
  }
}
