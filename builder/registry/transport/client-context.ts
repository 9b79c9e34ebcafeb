import type { CredentialSource } from '../credentials/credentials.js';
import type { Pace } from './retry.js';
import type { Secrets } from './secrets.js';
import type { Wire } from './http-client.js';

/** Times in milliseconds. */
export interface RegistryLimits {
  /** Until a connection stands, with TLS. */
  readonly connectMs: number;
  /** A peer that neither sends nor takes anything for so long is given up. */
  readonly stallMs: number;
  /** How long a registry may think about a finished upload or a manifest. */
  readonly commitMs: number;
  /** How often something is tried in all. */
  readonly attempts: number;
  /** Before the second try; doubled for each further one. */
  readonly waitMs: number;
  /** No single wait is longer; where a registry asks for more (Retry-After), that is an error. */
  readonly longestWaitMs: number;
}

/** What all requests of a client share. */
export interface ClientContext {
  readonly wire: Wire;
  readonly pace: Pace;
  readonly limits: RegistryLimits;
  readonly secrets: Secrets;
  readonly clock: () => number;
  readonly userAgent: string;
  readonly source: CredentialSource;
  readonly insecure: (registry: string) => boolean;
}
