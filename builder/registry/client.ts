import type { ClientContext, RegistryLimits } from './transport/client-context.js';
import { type Repository, repositoryOf } from './repository.js';
import { Secrets } from './transport/secrets.js';
import { RegistrySession } from './transport/session.js';
import { isLoopbackHost } from './transport/private-address.js';
import type { CredentialSource } from './credentials/credentials.js';
import type { Reference } from './reference.js';
import { type Pace, sleepUnlessAborted } from './transport/retry.js';
import { type Trust, systemAuthorities, trustFor } from './transport/trust.js';
import { Wire } from './transport/http-client.js';
import type { RepositoryUse } from './repository.js';
import type { Environment } from '../environment.js';

export interface RegistryClientOptions {
  readonly credentials: CredentialSource;
  readonly signal?: AbortSignal | undefined;
  /** Read for the proxies (HTTPS_PROXY, HTTP_PROXY, NO_PROXY) and SSL_CERT_FILE. */
  readonly environment?: Environment | undefined;
  readonly userAgent?: string | undefined;
  /** Whether to fall back to plain HTTP if the registry speaks no HTTPS. Default: on this machine (localhost, 127.0.0.0/8, ::1). */
  readonly insecure?: ((registry: string) => boolean) | undefined;
  /** PEM of authorities to trust besides the system's. Default: `/etc/docker/certs.d/HOST/*.crt`. */
  readonly ca?: ((registry: string) => string | undefined) | undefined;
  readonly limits?: Partial<RegistryLimits> | undefined;
  readonly sleep?: ((ms: number, signal: AbortSignal | undefined) => Promise<void>) | undefined;
  /** The current time in milliseconds. */
  readonly clock?: (() => number) | undefined;
  /** From 0 (inclusive) to 1 (exclusive). */
  readonly random?: (() => number) | undefined;
}

/** A client for one run: it holds connections and tokens until it is disposed of. */
export interface RegistryClient extends Disposable {
  /** The repository of a reference, for the requests of a push or a pull. */
  repository(reference: Reference, use: RepositoryUse): Repository;
  readonly pace: Pace;
  readonly limits: RegistryLimits;
}

const usualLimits: RegistryLimits = {
  connectMs: 30_000,
  stallMs: 60_000,
  commitMs: 300_000,
  attempts: 6,
  waitMs: 500,
  longestWaitMs: 60_000,
};

/** Creates a client for any number of registries. Connects to none yet. */
export function registryClient(options: RegistryClientOptions): RegistryClient {
  const context = contextOf(options);
  const sessions = new Map<string, RegistrySession>();
  const sessionOf = (registry: string): RegistrySession => {
    const session = sessions.get(registry) ?? new RegistrySession(registry, context);
    sessions.set(registry, session);
    return session;
  };
  const { pace, limits, wire } = context;
  return {
    pace,
    limits,
    repository: (reference, use) => repositoryOf(sessionOf(reference.registry), reference, use),
    [Symbol.dispose]: () => wire[Symbol.dispose](),
  };
}

function contextOf(options: RegistryClientOptions): ClientContext {
  const { signal, environment = {}, sleep, insecure, ca } = options;
  const limits = { ...usualLimits, ...options.limits };
  const { connectMs, stallMs, attempts, waitMs, longestWaitMs } = limits;
  const trust = (host: string): Trust | undefined => {
    const found = trustFor(host, environment);
    const own = ca?.(host);
    return own === undefined
      ? found
      : { ...found, ca: [...(found?.ca ?? systemAuthorities(environment)), own] };
  };
  return {
    wire: new Wire({ connectMs, stallMs, trust, environment, system: () => systemAuthorities(environment) }),
    pace: {
      attempts,
      waitMs,
      longestWaitMs,
      signal,
      sleep: sleep ?? sleepUnlessAborted,
      random: options.random ?? Math.random,
    },
    limits,
    secrets: new Secrets(),
    clock: options.clock ?? Date.now,
    userAgent: options.userAgent ?? 'platen',
    source: options.credentials,
    insecure: insecure ?? insecureByDefault,
  };
}

/** Registries on this machine, as in Docker. */
function insecureByDefault(registry: string): boolean {
  return isLoopbackHost(new URL(`http://${registry}`).hostname);
}
