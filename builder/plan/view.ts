import type { Entry } from '../tar/entry.js';

/**
 * A readable root file system: the layers below and the pending changes.
 * Paths are absolute inside that root; symlinks of parent directories are followed within it.
 */
export interface View {
  /** The entry at `path`, without following a last symlink; undefined if there is none. A hardlink looks like its file. */
  lstat(path: string): Entry | undefined;
  /** Like `lstat`, but follows a last symlink; undefined for a dangling one. */
  stat(path: string): Entry | undefined;
  /** The names in a directory, sorted by code unit; empty if there is no directory. */
  readdir(path: string): string[];
  /** The bytes of a regular file; follows symlinks. @throws BuilderError `not-found` */
  read(path: string): Buffer;
  /** `path` with every symlink resolved inside the root; missing parts stay unchanged. */
  realpath(path: string): string;
}

/** A new entry; default `mtime`: the build's epoch. A file's bytes are `content`, a `hostFile`'s, or those of `sameContentAs`. */
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

/** A writable view; its changes become part of a layer. */
export interface Root extends View {
  /** Replaces the entry at `path`; follows symlinks among its parents. @throws BuilderError `not-found` for a missing parent */
  put(path: string, entry: NewEntry): void;
  /** Changes owner or mode, without following a last symlink. */
  touch(path: string, change: { mode?: number; uid?: number; gid?: number }): void;
  /** Removes the path and everything below it, if it exists. */
  remove(path: string): void;
}
