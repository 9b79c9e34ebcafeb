import { BuilderError } from '../errors.js';

/** The error of a call that is not understood. */
export function usage(message: string, hint?: string): BuilderError {
  return new BuilderError(message, { code: 'usage', hint });
}
