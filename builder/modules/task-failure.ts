import { BuilderError } from '../errors.js';
import type { TaskResult } from '../plan/step.js';
import type { Json } from '../json.js';
import type { Module } from './module.js';

/** Ends a module with a failed result, to which `ignore_errors`, `failed_when` and `rescue` apply. */
export class TaskFailure extends Error {
  readonly details: Readonly<Record<string, Json>>;

  constructor(message: string, details: Readonly<Record<string, Json>> = {}) {
    super(message);
    this.details = details;
  }
}

/** Defines a module; turns `TaskFailure`s and errors of the root into failed results. */
export function defineModule<Args extends Record<string, unknown>, Resolved = Args>(
  module: Module<Args, Resolved>,
): Module<Args, Resolved> {
  return {
    ...module,
    run: async (resolved, context) => {
      try {
        return await module.run(resolved, context);
      } catch (error) {
        return failedResult(error);
      }
    },
  };
}

function failedResult(error: unknown): TaskResult {
  if (error instanceof TaskFailure)
    return { changed: false, ...error.details, failed: true, msg: error.message };
  if (error instanceof BuilderError && (error.code === 'not-found' || error.code === 'failed')) {
    const hint = error.hint === undefined ? '' : ` (${error.hint})`;
    return { changed: false, failed: true, msg: `${error.message}${hint}` };
  }
  throw error;
}
