import { BuilderError } from '../../errors.js';
import type { EcrToken } from './ecr-registry.js';

/** Takes the answer of `GetAuthorizationToken` apart: base64 of "AWS:password". @throws BuilderError `failed` */
export function parseToken(
  data: { authorizationToken?: string | undefined; expiresAt?: Date | undefined } | undefined,
  host: string,
): EcrToken {
  const text = Buffer.from(data?.authorizationToken ?? '', 'base64').toString('utf8');
  const colon = text.indexOf(':');
  if (colon < 1)
    throw new BuilderError(`Can't log in to ${host}: AWS answered without a token`, { code: 'failed' });
  return {
    username: text.slice(0, colon),
    password: text.slice(colon + 1),
    expiresAt: data?.expiresAt,
  };
}
