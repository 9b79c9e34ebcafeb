import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files in PEM. */
export interface Certificates {
  /** The authority, known only to the test. */
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** Makes an authority, and its certificate for 127.0.0.1, `localhost` and these names, with openssl. */
export function makeCertificates(folder: string, names: readonly string[] = []): Certificates {
  const path = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { stdio: 'pipe' });
  const newKey = ['-newkey', 'rsa:2048', '-nodes', '-days', '2'];
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    path('ca.key'),
    '-out',
    path('ca.crt'),
    '-subj',
    '/CN=a private authority',
  );
  openssl(
    'req',
    '-x509',
    ...newKey,
    '-keyout',
    path('server.key'),
    '-out',
    path('server.crt'),
    '-subj',
    '/CN=localhost',
    '-CA',
    path('ca.crt'),
    '-CAkey',
    path('ca.key'),
    '-addext',
    `subjectAltName=${['IP:127.0.0.1', 'DNS:localhost', ...names.map((name) => `DNS:${name}`)].join(',')}`,
  );
  return { ca: path('ca.crt'), certificate: path('server.crt'), key: path('server.key') };
}
