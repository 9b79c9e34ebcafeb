/** Options to unpack a tar over a root, with its owners, modes and attributes (GNU tar). */
export const extractOptions = [
  '--extract',
  '--file=-',
  '--preserve-permissions',
  '--numeric-owner',
  '--xattrs',
  '--xattrs-include=*',
  '--delay-directory-restore',
  '--warning=no-timestamp',
];

/** Options to pack paths from standard input, each ended by a NUL byte, as a layer. */
export const createOptions = [
  '--create',
  '--file=-',
  '--no-recursion',
  '--null',
  '--verbatim-files-from',
  '--files-from=-',
  '--format=pax',
  '--pax-option=exthdr.name=%d/PaxHeaders/%f,delete=atime,delete=ctime',
  '--numeric-owner',
  '--xattrs',
  '--xattrs-include=*',
  '--xattrs-exclude=security.selinux',
];

/** For files that may disappear while they are read. */
export const tolerantOptions = ['--ignore-failed-read', '--warning=none'];

/** tar can't replace a non-empty directory by a file; the paths are the arguments. */
export const removeDirectories = 'for path; do [ -L "$path" ] || [ ! -d "$path" ] || rm -rf -- "$path"; done';

/** Exit code of find and tar if files disappeared or changed while they were read (GNU tar manual, "Return values"). */
export const goneMeanwhile = 1;
