import { BuilderError } from '../../errors.js';

/** Refuses what this driver lacks. @param what after "platen does not", as "back up" @param hint what to do instead */
export function notYet(what: string, hint: string): () => Promise<never> {
  return () =>
    Promise.reject(new BuilderError(`platen does not ${what} on AWS yet`, { code: 'failed', hint }));
}
