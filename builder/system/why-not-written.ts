/** The system's error codes, in words. */
const reasons: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a file is in the way',
  EEXIST: 'a file is in the way',
  EISDIR: 'a folder is in the way',
  ENOTEMPTY: 'something else is in that folder',
  ENOENT: 'there is no such folder',
  ENOSPC: 'no space is left',
  EDQUOT: 'no space is left',
};

/** Why a file or folder can't be written, by an error of `node:fs`: `permission is denied`. */
export function whyNotWritten(cause: unknown): string {
  const { code = '', message } = cause as NodeJS.ErrnoException;
  return Object.hasOwn(reasons, code) ? (reasons[code] as string) : message;
}
