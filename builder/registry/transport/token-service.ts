import { z } from 'zod';
import type { Credentials } from '../credentials/credentials.js';
import { RegistryError } from '../registry-error.js';
import { basicToken } from './secrets.js';

/** A request to a token service. */
export interface TokenRequest {
  readonly method: 'GET' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface TokenQuestion {
  readonly realm: URL;
  readonly service: string | undefined;
  readonly scopes: readonly string[];
  readonly credentials: Exclude<Credentials, { registryToken: string }> | undefined;
}

export interface BearerToken {
  readonly token: string;
  /** Seconds. */
  readonly lifetime: number;
  /** A newer identity token, if the service returns one. */
  readonly refreshToken: string | undefined;
}

/** Default lifetime of a token (distribution, "Token Authentication Specification"). */
const usualLifetime = 60;
const clientId = 'platen';

const answerSchema = z.object({
  token: z.string().min(1).optional().catch(undefined),
  access_token: z.string().min(1).optional().catch(undefined),
  refresh_token: z.string().min(1).optional().catch(undefined),
  expires_in: z.number().positive().optional().catch(undefined),
});

/** With an identity token, a POST as in OAuth 2; otherwise a GET, with name and password if known. */
export function tokenRequest({ realm, service, scopes, credentials }: TokenQuestion): TokenRequest {
  const url = new URL(realm);
  if (credentials !== undefined && 'identityToken' in credentials) {
    const form = new URLSearchParams({
      grant_type: 'refresh_token',
      refresh_token: credentials.identityToken,
      client_id: clientId,
      ...(service !== undefined && { service }),
      scope: scopes.join(' '),
    });
    const headers = { 'content-type': 'application/x-www-form-urlencoded' };
    return { method: 'POST', url, headers, body: form.toString() };
  }
  if (service !== undefined) url.searchParams.set('service', service);
  for (const scope of scopes) url.searchParams.append('scope', scope);
  if (credentials === undefined) return { method: 'GET', url, headers: {} };
  url.searchParams.set('account', credentials.username);
  const basic = basicToken(credentials.username, credentials.password);
  return { method: 'GET', url, headers: { authorization: `Basic ${basic}` } };
}

/** @throws RegistryError if the answer has no token */
export function readToken(answer: Buffer, realm: URL): BearerToken {
  const { token, access_token, refresh_token, expires_in } = parse(answer) ?? {};
  const found = token ?? access_token;
  if (found === undefined)
    throw new RegistryError(`The token service ${realm.host} answered without a token`, { code: 'failed' });
  return { token: found, lifetime: expires_in ?? usualLifetime, refreshToken: refresh_token };
}

function parse(answer: Buffer): z.output<typeof answerSchema> | undefined {
  try {
    return answerSchema.parse(JSON.parse(answer.toString()));
  } catch {
    return undefined;
  }
}
