import { dockerError, hasStatus } from '../docker-client.js';

/** Labels that a resource must have; an empty value means any. */
export type Labels = Readonly<Record<string, string>>;

/** As the engine's lists filter by them (Docker Engine API, `filters`). */
export function labelFilter(labels: Labels): string[] {
  return Object.entries(labels).map(([name, value]) => (value === '' ? name : `${name}=${value}`));
}

/** @param doing as in "cannot <doing>" @throws BuilderError what the engine's answer means to the user */
export async function asking<T>(doing: string, ask: () => Promise<T>): Promise<T> {
  try {
    return await ask();
  } catch (error) {
    throw dockerError(error, doing);
  }
}

/** As `asking`; undefined where there is no such thing. */
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
