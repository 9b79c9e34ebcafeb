import { posix } from 'node:path';
import type { Accounts } from '../root/account-files.js';
import { applyAttributes } from '../root/attributes.js';
import { octal } from '../args.js';
import { makeDirectories } from '../root/make-directories.js';
import { LoginDefs } from './free-ids.js';
import type { ModuleContext } from '../module.js';
import type { UserArgs } from './user-args.js';

interface Home {
  readonly uid: number;
  readonly gid: number;
  readonly home: string;
}

/** Makes the home of a new user: as useradd -m does, or as Ansible if the parent folder is missing, too. */
export function makeHome(user: Home, args: UserArgs, context: ModuleContext): void {
  const { root } = context;
  if (root.lstat(user.home) !== undefined) return;
  if (root.stat(posix.dirname(user.home))?.type !== 'directory') return makeAnsibleHome(user, args, context);
  const defs = new LoginDefs(root);
  const umask = args.umask === undefined ? defs.number('UMASK', 0o022) : parseInt(args.umask, 8);
  const mode = args.umask === undefined ? defs.number('HOME_MODE', 0o777 & ~umask) : 0o777 & ~umask;
  fill(user, { mode, skeleton: args.skeleton ?? '/etc/skel' }, context);
}

/** Makes the missing home of an existing user; true if it was missing. */
export function ensureHome(args: UserArgs, accounts: Accounts, context: ModuleContext): boolean {
  const [, , uid, gid, , home = ''] = accounts.passwd.find(args.name) ?? [];
  const place = args.home ?? home;
  if (place === '' || context.root.stat(place) !== undefined) return false;
  makeAnsibleHome({ uid: Number(uid), gid: Number(gid), home: place }, args, context);
  return true;
}

/** As User.create_homedir and chown_homedir in ansible/modules/user.py: the skeleton's mode unless login.defs has a UMASK. */
function makeAnsibleHome(user: Home, args: UserArgs, context: ModuleContext): void {
  const skeleton = args.skeleton ?? '/etc/skel';
  const umask = new LoginDefs(context.root).text('UMASK');
  const found = context.root.stat(skeleton);
  const mode =
    umask !== undefined && /^\d+$/.test(umask) ? 0o777 & ~parseInt(umask, 8) : (found?.mode ?? 0o755);
  makeDirectories(context, posix.dirname(user.home), () => undefined);
  fill(user, { mode, skeleton }, context);
}

function fill(
  user: Home,
  options: { readonly mode: number; readonly skeleton: string },
  context: ModuleContext,
): void {
  const { uid, gid, home } = user;
  makeDirectories(context, home, (made) => {
    if (made === home) applyAttributes(context.root, home, { mode: octal(options.mode) });
  });
  context.root.touch(home, { uid, gid });
  copySkeleton(options.skeleton, user, context);
}

function copySkeleton(from: string, user: Home, context: ModuleContext): void {
  const { root } = context;
  const { uid, gid, home } = user;
  for (const name of root.readdir(from)) {
    const source = root.lstat(posix.join(from, name));
    const place = posix.join(home, name);
    if (source?.type === 'directory') {
      root.put(place, { type: 'directory', mode: source.mode, uid, gid });
      copySkeleton(source.path, { ...user, home: place }, context);
    } else if (source?.type === 'symlink')
      root.put(place, { type: 'symlink', target: source.target ?? '', uid, gid });
    else if (source?.type === 'file')
      root.put(place, { type: 'file', mode: source.mode, uid, gid, sameContentAs: source });
  }
}
