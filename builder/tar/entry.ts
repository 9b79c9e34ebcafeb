import type { Digest } from '../store/digest.js';
import type { Slice } from '../store/store.js';

export type EntryType =
  'file' | 'directory' | 'symlink' | 'hardlink' | 'fifo' | 'character' | 'block' | 'whiteout';

/** Contents of a regular file: their digest and place in the store. */
export interface Content {
  readonly digest: Digest;
  readonly slice: Slice;
}

/**
 * One path of a layer or of a root file system, as in OCI's layer.md. Paths are absolute and normalised
 * ("/etc/nginx/nginx.conf"; the root is "/"). A `whiteout` removes the path and everything below it.
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
  /** The target of a symlink (verbatim), or the absolute path of the file that a hardlink shares. */
  readonly target?: string;
  /** Major and minor number of a device. */
  readonly device?: readonly [number, number];
  /** Extended attributes by name, values in base64 (`security.capability`, `user.*`). */
  readonly xattrs?: Readonly<Record<string, string>>;
  /** For a `file` only. */
  readonly content?: Content;
  /** For a `directory`: hides its contents in lower layers. */
  readonly opaque?: true;
}
