import { posix } from 'node:path';
import { makeDirectories } from '../root/make-directories.js';
import type { ModuleContext } from '../module.js';

/** Moves a folder with its contents; does nothing if it is missing or the destination exists. */
export function moveTree(context: ModuleContext, from: string, to: string): void {
  const { root } = context;
  if (root.lstat(from)?.type !== 'directory' || root.lstat(to) !== undefined) return;
  makeDirectories(context, posix.dirname(to), () => undefined);
  copyTree(context, from, to);
  root.remove(from);
}

function copyTree(context: ModuleContext, from: string, to: string): void {
  const { root } = context;
  const source = root.lstat(from);
  if (source === undefined) return;
  const { mode, uid, gid } = source;
  if (source.type === 'symlink') root.put(to, { type: 'symlink', target: source.target ?? '', uid, gid });
  else if (source.type === 'file') root.put(to, { type: 'file', mode, uid, gid, sameContentAs: source });
  else if (source.type === 'directory') {
    root.put(to, { type: 'directory', mode, uid, gid });
    for (const name of root.readdir(from)) copyTree(context, posix.join(from, name), posix.join(to, name));
  }
}
