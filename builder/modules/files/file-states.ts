import { posix } from 'node:path';
import type { Entry } from '../../tar/entry.js';
import type { Root } from '../../plan/view.js';
import { identityOfUser } from '../root/accounts.js';
import { applyAttributes, attributesOf } from '../root/attributes.js';
import type { FileState } from './file-args.js';
import type { FileArgs } from './file-args.js';
import { umask } from '../root/file-mode.js';
import type { ModuleContext } from '../module.js';
import { TaskFailure } from '../task-failure.js';
import { makeDirectories } from '../root/make-directories.js';

type Outcome = { changed: boolean; path: string; dest?: string; src?: string };
type MakeState = (args: FileArgs, context: ModuleContext) => Outcome;

/** One function per state, as in ansible/modules/file.py. */
export const fileStates: Readonly<Record<FileState, MakeState>> = {
  absent,
  directory,
  file: present,
  hard: hardLink,
  link: symbolicLink,
  touch,
};

/** The path that gets the attributes: the link's target if `follow` is set. */
function followed(root: Root, args: FileArgs): string {
  return args.follow && root.lstat(args.path)?.type === 'symlink' ? root.realpath(args.path) : args.path;
}

function absent({ path }: FileArgs, { root }: ModuleContext): Outcome {
  const changed = root.lstat(path) !== undefined;
  root.remove(path);
  return { changed, path };
}

function present(args: FileArgs, { root }: ModuleContext): Outcome {
  const path = followed(root, args);
  const entry = root.lstat(path);
  if (entry === undefined || entry.type === 'directory' || entry.type === 'symlink')
    throw new TaskFailure(`file (${path}) is ${described(entry)}, cannot continue`, { path });
  return { changed: applyAttributes(root, path, attributesOf(args)), path };
}

function described(entry: Entry | undefined): string {
  if (entry === undefined) return 'absent';
  return entry.type === 'symlink' ? 'link' : entry.type;
}

function touch(args: FileArgs, context: ModuleContext): Outcome {
  const { root, user } = context;
  const there = root.stat(args.path);
  if (there === undefined) {
    const place = root.realpath(args.path);
    root.put(place, {
      type: 'file',
      mode: 0o666 & ~umask,
      content: Buffer.alloc(0),
      ...identityOfUser(root, user),
    });
  }
  const attributesChanged = applyAttributes(root, followed(root, args), attributesOf(args));
  // Ansible sets the times to now unless told to preserve them, and reports a change; layers hold no such times.
  const timed = args.access_time !== 'preserve' || args.modification_time !== 'preserve';
  return { changed: there === undefined || attributesChanged || timed, path: args.path, dest: args.path };
}

function directory(args: FileArgs, context: ModuleContext): Outcome {
  const { root } = context;
  const path = followed(root, args);
  const entry = root.lstat(path);
  if (entry === undefined) {
    makeDirectories(context, path, (made) => applyAttributes(root, made, attributesOf(args)));
    return { changed: true, path };
  }
  if (entry.type !== 'directory')
    throw new TaskFailure(`${path} already exists as a ${described(entry)}`, { path });
  let changed = applyAttributes(root, path, attributesOf(args));
  if (args.recurse) changed = recurse(args, path, root) || changed;
  return { changed, path };
}

function recurse(args: FileArgs, folder: string, root: Root): boolean {
  let changed = false;
  for (const name of root.readdir(folder)) {
    const path = posix.join(folder, name);
    const entry = root.lstat(path);
    changed = applyAttributes(root, path, attributesOf(args)) || changed;
    if (entry?.type === 'directory') changed = recurse(args, path, root) || changed;
    if (entry?.type === 'symlink' && args.follow) changed = recurseBehind(args, path, root) || changed;
  }
  return changed;
}

function recurseBehind(args: FileArgs, link: string, root: Root): boolean {
  const target = root.stat(link);
  if (target === undefined) return false;
  const inside = target.type === 'directory' && recurse(args, target.path, root);
  return applyAttributes(root, target.path, attributesOf(args)) || inside;
}

function symbolicLink(args: FileArgs, context: ModuleContext): Outcome {
  const { root, user } = context;
  const { path } = args;
  const before = root.lstat(path);
  const src =
    args.src ?? (args.follow && before?.type === 'symlink' && root.stat(path) ? before.target : undefined);
  checkLink(args, src, root);
  const changed = src !== undefined && !(before?.type === 'symlink' && before.target === src);
  if (src === undefined && before?.type !== 'symlink')
    throw new TaskFailure('src is required for creating new symlinks');
  if (changed) root.put(path, { type: 'symlink', target: src, ...identityOfUser(root, user) });
  const place = followed(root, args);
  const attributesChanged =
    root.lstat(place) !== undefined && applyAttributes(root, place, attributesOf(args));
  return { changed: changed || attributesChanged, path, dest: path, ...(src !== undefined && { src }) };
}

function checkLink({ path, force }: FileArgs, src: string | undefined, root: Root): void {
  const before = root.lstat(path);
  const base = before?.type === 'directory' ? path : posix.dirname(path);
  const target = src === undefined ? undefined : src.startsWith('/') ? src : posix.join(base, src);
  if (!force && target !== undefined && !isOfContainers(target) && root.stat(target) === undefined)
    throw new TaskFailure(
      `src file does not exist, use "force=yes" if you really want to create the link: ${target}`,
      { path },
    );
  if (before === undefined || before.type === 'symlink') return;
  if (!force)
    throw new TaskFailure(`refusing to convert from ${described(before)} to symlink for ${path}`, { path });
  if (before.type === 'directory' && root.readdir(path).length > 0)
    throw new TaskFailure(`the directory ${path} is not empty, refusing to convert it`, { path });
}

/** Whether only running containers have the path, such as /dev/stdout, the usual target of log links. */
function isOfContainers(path: string): boolean {
  return /^\/(dev|proc|sys)(\/|$)/.test(posix.normalize(path));
}

function hardLink(args: FileArgs, { root }: ModuleContext): Outcome {
  const { path, src, force } = args;
  const before = root.lstat(path);
  if (src === undefined) throw new TaskFailure('src is required for creating new hardlinks');
  const source = root.stat(src);
  if (source === undefined) throw new TaskFailure('src does not exist', { dest: path, src });
  // A view shows hard links as separate files, so equal content counts as linked.
  const linked = before?.type === 'file' && before.content?.digest === source.content?.digest;
  const changed = !linked || (before.mode !== source.mode && before.uid !== source.uid);
  if (changed && before !== undefined && !force)
    throw new TaskFailure(`Cannot link, ${described(before)} exists at destination`, { dest: path, src });
  if (changed) root.put(path, { type: 'hardlink', target: source.path });
  const attributesChanged = applyAttributes(root, path, attributesOf(args));
  return { changed: changed || attributesChanged, path, dest: path, src };
}
