/** An entry of an archive. */
export interface ArchiveMember {
  /** The path in the archive: relative, without a slash at the end, `.` for the top. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names of owner and group, '' if the archive has none. A name that the image knows wins over the number. */
  readonly userName: string;
  readonly groupName: string;
  readonly mtime: number;
  /** For links. */
  readonly target: string;
  /** For files; unpacks on each call. */
  bytes(): Buffer;
}
