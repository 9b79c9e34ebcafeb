import type { Entry } from '../tar/entry.js';

/**
 * A readable root file system: the layers below and the pending changes.
 * Paths are absolute inside that root; symlinks of parent directories are followed within it.
 */
export interface View {
  /** The entry at `path`, a last symlink not followed; undefined where nothing is. A hardlink shows as the file it shares. */
  lstat(path: string): Entry | undefined;
  /** As `lstat`, with a last symlink followed; undefined for a dangling one. */
  stat(path: string): Entry | undefined;
  /** The names in a directory, sorted by code unit; an empty list where there is none. */
  readdir(path: string): string[];
  /** The bytes of a regular file, symlinks followed. @throws BuilderError `not-found` */
  read(path: string): Buffer;
  /** `path` with every symlink resolved inside the root; what does not exist is kept as it stands. */
  realpath(path: string): string;
}

/** What a new entry is; without `mtime` it gets the build's epoch. The file's bytes come as `content`, from a file of this machine by `hostFile`, or shared with another entry's by `sameContentAs`. */
export type NewEntry =
  | {
      type: 'file';
      mode: number;
      uid: number;
      gid: number;
      content: Buffer;
      xattrs?: Record<string, string>;
      mtime?: number;
    }
  | {
      type: 'file';
      mode: number;
      uid: number;
      gid: number;
      hostFile: string;
      xattrs?: Record<string, string>;
      mtime?: number;
    }
  | {
      type: 'file';
      mode: number;
      uid: number;
      gid: number;
      sameContentAs: Entry;
      xattrs?: Record<string, string>;
      mtime?: number;
    }
  | { type: 'directory'; mode: number; uid: number; gid: number; mtime?: number }
  | { type: 'symlink'; target: string; uid: number; gid: number; mtime?: number }
  | { type: 'hardlink'; target: string }
  | { type: 'fifo'; mode: number; uid: number; gid: number };

/** A view that takes changes, which are collected and become part of a layer. */
export interface Root extends View {
  /** Puts an entry in place of what was there. Parent directories must exist (symlinks among them are followed). @throws BuilderError `not-found` for a missing parent */
  put(path: string, entry: NewEntry): void;
  /** Changes owner or mode of what is there, a last symlink not followed. */
  touch(path: string, change: { mode?: number; uid?: number; gid?: number }): void;
  /** Removes the path and all below it; nothing happens where nothing is. */
  remove(path: string): void;
}
