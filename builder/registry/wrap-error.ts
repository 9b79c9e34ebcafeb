import { RegistryError } from './registry-error.js';

/** Says what was being done when a registry failed: "Can't <doing>: …". Other errors pass unchanged. */
export async function doing<T>(what: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof RegistryError ? error.with(`Can't ${what}: ${error.message}`) : error;
  }
}
