import { dockerError, hasStatus } from '../docker-client.js';

/** Labels that a resource must have; an empty value means any. */
export type Labels = Readonly<Record<string, string>>;

/** The labels as a filter of the engine's lists (Docker Engine API, `filters`). */
export function labelFilter(labels: Labels): string[] {
  return Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
}

/** @param doing as in "Cannot <doing>" @throws BuilderError that explains the engine's error */
export async function asking<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw dockerError(error, doing);
  }
}

/** Like `asking`; undefined if there is no such resource. */
export async function askingFor<T>(doing: string, ask: () => Promise<T>): Promise<T | undefined> {
  return asking(doing, async () => {
    try {
      return await ask();
    } catch (error) {
      if (hasStatus(error, 404)) return undefined;
      throw error;
    }
  });
}
