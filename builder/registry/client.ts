import type { CredentialSource } from './credentials.js';

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

export interface RegistryClientOptions {
  readonly credentials: CredentialSource;
  readonly signal?: AbortSignal | undefined;
  /** For proxies (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and SSL_CERT_FILE. */
  readonly environment?: Readonly<Record<string, string | undefined>> | undefined;
  readonly userAgent?: string | undefined;
  /** Whether plain HTTP may be used where HTTPS is not spoken. Default: on this machine (localhost, 127.0.0.0/8, ::1). */
  readonly insecure?: ((registry: string) => boolean) | undefined;
  /** PEM of authorities to trust besides the system's. Default: `/etc/docker/certs.d/HOST/*.crt`. */
  readonly ca?: ((registry: string) => string | undefined) | undefined;
  readonly limits?: Partial<RegistryLimits> | undefined;
  readonly sleep?: ((ms: number) => Promise<void>) | undefined;
  /** Of now, in milliseconds. */
  readonly clock?: (() => number) | undefined;
  /** From 0 up to 1. */
  readonly random?: (() => number) | undefined;
}

/** One for a run: holds connections and tokens, which end with it. */
export interface RegistryClient extends Disposable {
  readonly signal: AbortSignal | undefined;
}

/** A client for any number of registries. Nothing is connected yet. */
export function registryClient(_options: RegistryClientOptions): RegistryClient {
  throw new Error('not yet');
}
