import type { Readable } from 'node:stream';
import type { Digest } from './descriptor.js';
import type { Reference } from './reference.js';
import type { Answer, RegistryRequest } from './transport/request.js';
import type { RegistrySession } from './transport/session.js';

/** The intended use of a repository, which decides the scopes of its tokens. */
export interface RepositoryUse {
  readonly push: boolean;
  /** Other repositories of the registry to read from. */
  readonly alsoPull?: readonly string[] | undefined;
}

/** A request to one repository; `to` is relative to its name. */
export type RepositoryRequest = Omit<RegistryRequest, 'scopes'>;

/** Sends requests to one repository. */
export interface Repository {
  /** `ghcr.io/acme/site` */
  readonly name: string;
  /** Host and port. */
  readonly registry: string;
  send(request: RepositoryRequest): Promise<Answer & { readonly bytes: Buffer }>;
  open(request: RepositoryRequest): Promise<Answer & { readonly body: Readable }>;
}

/** The repository of a reference, without its tag or digest. */
export function repositoryOf(
  session: RegistrySession,
  { name, repository, registry }: Reference,
  { push, alsoPull = [] }: RepositoryUse,
): Repository {
  const scopes = [
    `repository:${repository}:${push ? 'pull,push' : 'pull'}`,
    ...alsoPull.filter((other) => other !== repository).map((other) => `repository:${other}:pull`),
  ];
  const whole = (request: RepositoryRequest): RegistryRequest => ({
    ...request,
    scopes,
    to: typeof request.to === 'string' ? `${repository}/${request.to}` : request.to,
  });
  return {
    name,
    registry,
    send: (request) => session.send(whole(request)),
    open: (request) => session.open(whole(request)),
  };
}

/** A digest shortened for display. */
export function shortDigest(digest: Digest): string {
  return digest.slice(0, 'sha256:'.length + 12);
}
