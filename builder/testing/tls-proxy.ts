import { readFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Certificates } from './certificates.js';

export interface TlsProxy {
  readonly origin: string;
  close(): void;
}

/** A load balancer that ends TLS and speaks HTTP to `target`; it says so by X-Forwarded-For and X-Forwarded-Proto. */
export async function startTlsProxy(
  target: string,
  { certificate, key }: Certificates,
  headers: Readonly<Record<string, string>> = {},
): Promise<TlsProxy> {
  const server = createServer(
    { cert: readFileSync(certificate), key: readFileSync(key) },
    (incoming, answer) => {
      const forwarded = {
        ...incoming.headers,
        'x-forwarded-for': [incoming.headers['x-forwarded-for'], incoming.socket.remoteAddress]
          .filter(Boolean)
          .join(', '),
        'x-forwarded-proto': 'https',
        ...headers,
      };
      const outgoing = request(
        new URL(incoming.url ?? '/', target),
        { method: incoming.method ?? 'GET', headers: forwarded },
        (response) => {
          answer.writeHead(response.statusCode ?? 502, response.rawHeaders);
          response.pipe(answer);
        },
      );
      outgoing.on('error', () => answer.destroy());
      incoming.pipe(outgoing);
    },
  );
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    origin: `https://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.closeAllConnections();
      server.close();
    },
  };
}
