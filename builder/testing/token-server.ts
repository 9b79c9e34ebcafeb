import { createPrivateKey, createSign, randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type IncomingMessage, createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { registryLogin, tokenIssuer } from './docker-registry.js';

/** A client's request. */
export interface TokenQuestion {
  readonly method: string;
  readonly service: string | null;
  readonly scopes: readonly string[];
  readonly grantType: string | null;
}

export interface TokenServer {
  /** The address for clients. */
  readonly realm: string;
  readonly asked: TokenQuestion[];
  /** May be changed at any time. */
  settings: { lifetimeSeconds: number; accepts: { password: string; refreshToken: string } };
  stop(): Promise<void>;
}

/**
 * A token service for docker-registry (distribution, "Token Authentication Specification"): grants logged-in clients all that
 * they ask for, and others read access to `public/…`.
 * @param files in PEM: the certificate that the registry trusts, and its key
 */
export async function startTokenServer(files: { certificate: string; key: string }): Promise<TokenServer> {
  const asked: TokenQuestion[] = [];
  const settings = { lifetimeSeconds: 300, accepts: { ...registryLogin, refreshToken: 'a-refresh-token' } };
  const server = createServer((request, response) => {
    void answer(request).then(({ status, body }) => {
      response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  const answer = async (request: IncomingMessage): Promise<{ status: number; body: unknown }> => {
    const url = new URL(request.url ?? '', 'http://any');
    const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : url.searchParams;
    const scopes = form.getAll('scope').flatMap((scope) => scope.split(' '));
    asked.push({
      method: request.method ?? '',
      service: form.get('service'),
      scopes,
      grantType: form.get('grant_type'),
    });
    const login = loginOf(request, form, settings.accepts);
    if (login === 'wrong')
      return { status: 401, body: { errors: [{ code: 'UNAUTHORIZED', message: 'wrong login' }] } };
    const access = scopes
      .map(readScope)
      .filter(({ name }) => login === 'right' || name.startsWith('public/'));
    const token = sign({
      files,
      access,
      service: form.get('service') ?? '',
      lifetime: settings.lifetimeSeconds,
    });
    return { status: 200, body: { token, expires_in: settings.lifetimeSeconds } };
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    realm: `http://127.0.0.1:${port}/token`,
    asked,
    settings,
    stop: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function loginOf(
  { headers: { authorization } }: IncomingMessage,
  form: URLSearchParams,
  accepts: TokenServer['settings']['accepts'],
): 'none' | 'right' | 'wrong' {
  if (form.get('grant_type') === 'refresh_token')
    return form.get('refresh_token') === accepts.refreshToken ? 'right' : 'wrong';
  if (authorization === undefined) return 'none';
  const right = Buffer.from(`${registryLogin.username}:${accepts.password}`).toString('base64');
  return authorization === `Basic ${right}` ? 'right' : 'wrong';
}

function readScope(scope: string): { type: string; name: string; actions: string[] } {
  const [type = '', name = '', actions = ''] = scope.split(':');
  return { type, name, actions: name.startsWith('public/') ? ['pull'] : actions.split(',') };
}

interface Claims {
  readonly files: { certificate: string; key: string };
  readonly access: unknown;
  readonly service: string;
  readonly lifetime: number;
}

/** A JSON Web Token, with the certificate in its header. */
function sign({ files, access, service, lifetime }: Claims): string {
  const der = readFileSync(files.certificate, 'utf8').replace(/-----[A-Z ]+-----|\s/g, '');
  const now = Math.floor(Date.now() / 1000);
  const head = { typ: 'JWT', alg: 'RS256', x5c: [der] };
  // docker-registry tolerates a clock difference of a minute, so tokens with less than 40 seconds count as expired at once.
  const times = { iat: now, nbf: now - 10, exp: now + lifetime - 100 };
  const claims = { iss: tokenIssuer, sub: 'somebody', aud: service, jti: randomUUID(), access, ...times };
  const signed = [head, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString('base64url'))
    .join('.');
  const signature = createSign('RSA-SHA256')
    .update(signed)
    .sign(createPrivateKey(readFileSync(files.key)));
  return `${signed}.${signature.toString('base64url')}`;
}
