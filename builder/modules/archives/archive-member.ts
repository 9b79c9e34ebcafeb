/** One thing in an archive. */
export interface ArchiveMember {
  /** As the archive has it: relative, without a slash at the end, `.` for the top. */
  readonly path: string;
  readonly type: 'file' | 'directory' | 'symlink' | 'hardlink';
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Names of owner and group, '' where the archive has none: they go before the numbers where the image knows them. */
  readonly userName: string;
  readonly groupName: string;
  readonly mtime: number;
  /** Of links. */
  readonly target: string;
  /** Of files; unpacked when called. */
  bytes(): Buffer;
}
