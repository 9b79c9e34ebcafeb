import { BuilderError } from '../errors.js';

const noSpace = [
  'No space is left for the cache',
  'make room with "platen cache prune", or let XDG_CACHE_HOME name a folder on a larger disk',
] as const;
const elsewhere = 'let XDG_CACHE_HOME name a folder that can be written';

/** What the system says, for people. */
const reasons: Readonly<Record<string, string>> = {
  EROFS: 'its file system is read-only',
  EACCES: 'permission is denied',
  EPERM: 'permission is denied',
  ENOTDIR: 'a file is in the way',
  EEXIST: 'a file is in the way',
};

/** Does some work on the cache at `folder`. @throws BuilderError `failed` */
export function attempt<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(folder, error);
  }
}

/** An error of the file system as one that users can read. */
export function storeError(folder: string, cause: unknown): BuilderError {
  if (cause instanceof BuilderError) return cause;
  const { code = '', message } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BuilderError(`${noSpace[0]} ${folder}`, { code: 'failed', hint: noSpace[1], cause });
  const reason = Object.hasOwn(reasons, code) ? reasons[code] : message;
  return new BuilderError(`The cache ${folder} can't be written: ${reason}`, {
    code: 'failed',
    hint: elsewhere,
    cause,
  });
}
