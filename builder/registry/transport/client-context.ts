import type { CredentialSource } from '../credentials/credentials.js';
import type { Pace } from './retry.js';
import type { Secrets } from './secrets.js';
import type { Wire } from './http-client.js';

/** Times in milliseconds. */
export interface RegistryLimits {
  /** To open a connection, with TLS. */
  readonly connectMs: number;
  /** Give up a peer that neither sends nor accepts data for this time. */
  readonly stallMs: number;
  /** How long a registry may take to answer a finished upload or a manifest. */
  readonly commitMs: number;
  /** Number of tries in all. */
  readonly attempts: number;
  /** Wait before the second try; doubled for each further one. */
  readonly waitMs: number;
  /** Limit of a single wait; a longer Retry-After is an error. */
  readonly longestWaitMs: number;
}

/** Shared by all requests of a client. */
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
