/** How tars are unpacked over a root: owners, modes and attributes as they stand in the tar (GNU tar). */
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

/** How named paths become a layer; the names come on standard input, each ended by a zero byte. */
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

/** Where what is read may go at any moment. */
export const tolerantOptions = ['--ignore-failed-read', '--warning=none'];

/** tar does not put a file where a directory with something in it is; the paths are the arguments. */
export const removeDirectories = 'for path; do [ -L "$path" ] || [ ! -d "$path" ] || rm -rf -- "$path"; done';

/** How find and tar end where something went or changed while they read it (GNU tar manual, "Return values"). */
export const goneMeanwhile = 1;
