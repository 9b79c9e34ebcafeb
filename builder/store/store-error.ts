import { BuilderError } from '../errors.js';
import { whyNotWritten } from '../system/why-not-written.js';

const noSpace = [
  'No space is left for the cache',
  'free space with "platen cache prune", or set XDG_CACHE_HOME to a folder on a larger disk',
] as const;
const elsewhere = 'set XDG_CACHE_HOME to a writable folder';

/** Does some work on the cache at `folder`. @throws BuilderError `failed` */
export function attempt<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(folder, error);
  }
}

/** Explains an error of the file system. */
export function storeError(folder: string, cause: unknown): BuilderError {
  if (cause instanceof BuilderError) return cause;
  const { code } = cause as NodeJS.ErrnoException;
  if (code === 'ENOSPC' || code === 'EDQUOT')
    return new BuilderError(`${noSpace[0]} ${folder}`, { code: 'failed', hint: noSpace[1], cause });
  return new BuilderError(`The cache ${folder} can't be written: ${whyNotWritten(cause)}`, {
    code: 'failed',
    hint: elsewhere,
    cause,
  });
}
