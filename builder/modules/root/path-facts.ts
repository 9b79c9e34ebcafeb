import type { Entry } from '../../tar/entry.js';
import type { Json } from '../../json.js';
import type { View } from '../../plan/view.js';
import { groupName, userName } from './accounts.js';
import { octal } from '../args.js';

/** The facts of `stat` and `find` about an entry. Times are the build's epoch, and inode and device 0: images contain none of them. */
export function pathFacts(root: View, entry: Entry, epoch: number): Record<string, Json> {
  const { mode, type, uid, gid } = entry;
  const is = (...types: Entry['type'][]): boolean => types.includes(type);
  const bit = (mask: number): boolean => (mode & mask) !== 0;
  return {
    mode: octal(mode),
    isdir: is('directory'),
    ischr: is('character'),
    isblk: is('block'),
    isreg: is('file', 'hardlink'),
    isfifo: is('fifo'),
    islnk: is('symlink'),
    issock: false,
    uid,
    gid,
    size:
      entry.content?.slice.size ?? (is('symlink') ? (entry.target ?? '').length : is('directory') ? 4096 : 0),
    inode: 0,
    dev: 0,
    nlink: 1,
    atime: epoch,
    mtime: epoch,
    ctime: epoch,
    rusr: bit(0o400),
    wusr: bit(0o200),
    xusr: bit(0o100),
    rgrp: bit(0o040),
    wgrp: bit(0o020),
    xgrp: bit(0o010),
    roth: bit(0o004),
    woth: bit(0o002),
    xoth: bit(0o001),
    isuid: bit(0o4000),
    isgid: bit(0o2000),
    pw_name: userName(root, uid),
    gr_name: groupName(root, gid),
  };
}
