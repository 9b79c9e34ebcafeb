import { BuilderError, type ErrorCode } from '../errors.js';

/** Exit codes of platen. Scripts rely on them. */
export const exitCodes = { done: 0, failed: 1, usage: 2, changes: 3, interrupted: 130 } as const;

const codesOfErrors: Record<ErrorCode, number> = {
  usage: exitCodes.usage,
  invalid: exitCodes.usage,
  failed: exitCodes.failed,
  unavailable: exitCodes.failed,
  'not-found': exitCodes.failed,
  interrupted: exitCodes.interrupted,
};

/** Returns the exit code of an error; 1 for an unexpected one. */
export function exitCodeOf(error: unknown): number {
  return error instanceof BuilderError ? codesOfErrors[error.code] : exitCodes.failed;
}
