import { BuilderError } from '../errors.js';

interface SystemError {
  readonly code?: unknown;
  readonly path?: unknown;
  readonly message?: unknown;
}

/** Errors of the machine, not of platen: the message (before the path) and what to do. */
const systemErrors: Readonly<Record<string, readonly [message: string, hint: string]>> = {
  ENOSPC: ['No space is left on the disk', 'Free some space, for example with "platen cache prune".'],
  EDQUOT: ['The disk quota is used up', 'Free some space, for example with "platen cache prune".'],
  EROFS: ['The file system is read-only', 'Set XDG_CACHE_HOME to a writable folder.'],
  EACCES: ['Permission is denied', 'Check the owner and mode of the path, or run as another user.'],
  EPERM: ['The operation is not permitted', 'Check the owner and mode of the path, or run as another user.'],
  EMFILE: ['Too many files are open', 'Raise the limit: ulimit -n 4096.'],
};

/** Turns an unexpected error into a readable one. Errors of the machine get a hint; all others are reported as bugs. */
export function unexpectedError(error: unknown): BuilderError {
  const { code, path, message } = (typeof error === 'object' && error !== null ? error : {}) as SystemError;
  const system =
    typeof code === 'string' && Object.hasOwn(systemErrors, code) ? systemErrors[code] : undefined;
  if (system) {
    const where = typeof path === 'string' ? `: ${path}` : '';
    return new BuilderError(`${system[0]}${where}`, { code: 'failed', hint: system[1], cause: error });
  }
  const words = typeof message === 'string' ? message : String(error);
  return new BuilderError(`failed: ${words || 'for no reason given'}; this is a bug`, {
    code: 'failed',
    hint: 'Please report it, with the output of PLATEN_DEBUG=1.',
    cause: error,
  });
}
