import type { CredentialSource } from './credentials.js';

export interface DockerConfigOptions {
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The user's home folder. */
  readonly home: string;
}

/** Credentials as `docker login` keeps them. */
export function dockerConfigCredentials(_options: DockerConfigOptions): CredentialSource {
  return { find: () => Promise.resolve(undefined) };
}
