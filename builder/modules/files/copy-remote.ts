import { posix } from 'node:path';
import type { Entry } from '../../tar/entry.js';
import type { TaskResult } from '../../plan/step.js';
import type { Root } from '../../plan/view.js';
import { identityOfUser } from '../root/accounts.js';
import { octal } from '../args.js';
import { applyAttributes, fileFacts } from '../root/attributes.js';
import type { CopyArgs } from './copy-args.js';
import { makeDirectories } from '../root/make-directories.js';
import type { ModuleContext } from '../module.js';
import { placeFile } from '../root/place-file.js';
import { TaskFailure } from '../task-failure.js';

/** Copies within the image (`remote_src: true`). */
export async function copyRemote(args: CopyArgs, src: string, context: ModuleContext): Promise<TaskResult> {
  const source = context.root.stat(src);
  if (source === undefined) throw new TaskFailure(`Source ${src} not found`, { src });
  if (source.type === 'directory') return copyFolder(args, src, context);
  const { dest, owner, group, force, follow, validate } = args;
  const mode = args.mode === 'preserve' ? octal(source.mode) : args.mode;
  const result = await placeFile(
    {
      dest,
      basename: posix.basename(src),
      bytes: context.root.read(src),
      attributes: { owner, group, mode },
      directoryMode: args.directory_mode,
      force,
      follow,
      validate,
    },
    context,
  );
  return { ...result, src };
}

/** Copies a folder like ansible/modules/copy.py: keeps modes; the owner is the given one or the task's user. */
function copyFolder(args: CopyArgs, src: string, context: ModuleContext): TaskResult {
  const { root } = context;
  const dest = args.dest.length > 1 ? args.dest.replace(/\/$/, '') : args.dest;
  const whole = src.endsWith('/') ? dest : posix.join(dest, posix.basename(src));
  const source = root.stat(src) as Entry;
  let changed = false;
  if (root.stat(whole)?.type !== 'directory') {
    const made = src.endsWith('/') || root.stat(dest)?.type === 'directory' ? octal(source.mode) : undefined;
    makeDirectories(context, whole, (path) => {
      if (path === whole) applyAttributes(root, path, { mode: made });
    });
    changed = true;
  }
  changed = merge(src, whole, context) || changed;
  changed = chownAll(root, whole, args) || changed;
  const mode = args.mode === 'preserve' ? octal(source.mode) : args.mode;
  const attributes = { owner: args.owner, group: args.group, mode };
  changed = applyAttributes(root, root.realpath(dest), attributes) || changed;
  return { changed, dest: args.dest, src, ...fileFacts(root, whole) };
}

function merge(from: string, to: string, context: ModuleContext): boolean {
  const { root } = context;
  let changed = false;
  for (const name of root.readdir(from)) {
    const source = root.lstat(posix.join(from, name));
    if (source !== undefined) changed = copyEntry(source, posix.join(to, name), context) || changed;
  }
  return changed;
}

function copyEntry(source: Entry, place: string, context: ModuleContext): boolean {
  const { root } = context;
  const before = root.lstat(place);
  const identity = identityOfUser(root, context.user);
  if (source.type === 'directory') {
    if (before === undefined) root.put(place, { type: 'directory', mode: source.mode, ...identity });
    return merge(source.path, place, context) || before === undefined;
  }
  if (source.type === 'symlink') {
    if (before !== undefined) return false;
    root.put(place, { type: 'symlink', target: source.target ?? '', ...identity });
    return true;
  }
  if (source.type !== 'file' || before?.content?.digest === source.content?.digest) return false;
  const { uid, gid } = before ?? identity;
  root.put(place, { type: 'file', mode: source.mode, uid, gid, sameContentAs: source });
  return true;
}

function chownAll(root: Root, folder: string, args: CopyArgs): boolean {
  const { owner, group } = args;
  if (owner === undefined && group === undefined) return false;
  let changed = applyAttributes(root, folder, { owner, group });
  for (const name of root.readdir(folder)) {
    const path = posix.join(folder, name);
    const inside =
      root.lstat(path)?.type === 'directory'
        ? chownAll(root, path, args)
        : applyAttributes(root, path, { owner, group });
    changed ||= inside;
  }
  return changed;
}
