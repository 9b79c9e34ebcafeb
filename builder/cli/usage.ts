import { BuilderError } from '../errors.js';

/** Returns the error for an invalid command line. */
export function usage(message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'usage', hint });
}
