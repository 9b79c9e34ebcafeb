import { BuilderError, type ErrorCode } from '../errors.js';

/** How the process ends: a contract that scripts rely on. */
export const exitCodes = { done: 0, failed: 1, usage: 2, changes: 3, interrupted: 130 } as const;

const codesOfErrors: Record<ErrorCode, number> = {
  usage: exitCodes.usage,
  invalid: exitCodes.usage,
  failed: exitCodes.failed,
  unavailable: exitCodes.failed,
  'not-found': exitCodes.failed,
  interrupted: exitCodes.interrupted,
};

/** The exit code that an error ends with; 1 for one that nobody foresaw. */
export function exitCodeOf(error: unknown): number {
  return error instanceof BuilderError ? codesOfErrors[error.code] : exitCodes.failed;
}
