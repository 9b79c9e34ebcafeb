import { dirname } from 'node:path';
import { BuilderError } from '../../errors.js';

/** Explains a failure of the sandbox's tools. @param folder the sandbox's */
export function sandboxError(doing: string, cause: unknown, folder: string): BuilderError {
  if (cause instanceof BuilderError) return cause;
  const { message } = cause as Error;
  if (/No space left on device|Disk quota exceeded|ENOSPC|EDQUOT/.test(message))
    return new BuilderError(`No space is left for the cache ${dirname(folder)}`, {
      code: 'failed',
      hint: 'free space with "platen cache prune", or set XDG_CACHE_HOME to a folder on a larger disk',
      cause,
    });
  return new BuilderError(`The sandbox could not ${doing}: ${message}`, { code: 'failed', cause });
}
