import type { Digest } from '../store/digest.js';
import type { Slice } from '../store/store.js';

export type EntryType =
  'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character' | 'block' | 'whiteout';

/** What a regular file holds: the digest of its bytes, and where they are. */
export interface Content {
  readonly digest: Digest;
  readonly slice: Slice;
}

/**
 * One path of a layer or of a root file system, as OCI's layer.md describes it.
 * Paths are absolute and normalised ("/etc/nginx/nginx.conf"; the root is "/").
 * A `whiteout` says that the path is gone (and all that was below it).
 */
export interface Entry {
  readonly path: string;
  readonly type: EntryType;
  /** Permission bits with setuid, setgid and sticky: 0 to 0o7777. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970, whole. */
  readonly mtime: number;
  /** Where a symlink points (verbatim), or the absolute path that a hardlink shares its inode with. */
  readonly target?: string;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
  /** Extended attributes by name, values in base64 (`security.capability`, `user.*`). */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** Only of a `file`. */
  readonly content?: Content;
  /** Of a `directory`: what lower layers had in it is hidden. */
  readonly opaque?: true;
}
