import { RegistryError } from './registry-error.js';

/** Prefixes a RegistryError with "Can't <what>: …". Other errors pass unchanged. */
export async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RegistryError ? error.with(`Can't ${what}: ${error.message}`) : error;
  }
}
