import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { rootCertificates } from 'node:tls';
import { RegistryError } from '../registry-error.js';
import type { Environment } from '../../environment.js';

/** Authorities to trust, and the client's own certificate, in PEM. */
export interface Trust {
  readonly ca: readonly string[];
  readonly cert?: string | undefined;
  readonly key?: string | undefined;
}

/** Files of the system's authorities (as in Go's crypto/x509). */
const systemBundles = [
  '/etc/ssl/certs/ca-certificates.crt',
  '/etc/pki/tls/certs/ca-bundle.crt',
  '/etc/ssl/ca-bundle.pem',
  '/etc/ssl/cert.pem',
];

/**
 * The authorities for a registry: the system's, those of the environment, and those that Docker and Podman have for this
 * registry. Undefined if there are only the system's: then Node.js's built-in ones are tried first.
 */
export function trustFor(registry: string, environment: Environment): Trust | undefined {
  const own = ownFiles(registry, environment);
  const { SSL_CERT_FILE } = environment;
  // Node.js itself reads NODE_EXTRA_CA_CERTS; many machines set SSL_CERT_FILE to the system's bundle.
  const another = SSL_CERT_FILE && !systemBundles.includes(SSL_CERT_FILE);
  if (own.length === 0 && !another) return undefined;
  return {
    ca: [...systemAuthorities(environment), ...own.filter((path) => path.endsWith('.crt')).map(read)],
    ...clientPair(own),
  };
}

/** All authorities that the system trusts; slow to parse. */
export function systemAuthorities({ SSL_CERT_FILE, NODE_EXTRA_CA_CERTS }: Environment): readonly string[] {
  const system = SSL_CERT_FILE || systemBundles.find((path) => existsSync(path));
  const files = new Set([system, NODE_EXTRA_CA_CERTS].filter((path) => path !== undefined && path !== ''));
  return [...(system === undefined ? rootCertificates : []), ...[...files].map((path) => read(path ?? ''))];
}

/** `certs.d/HOST:PORT/`: *.crt are authorities, *.cert and *.key a client's certificate (docs.docker.com, "certificates"). */
function ownFiles(registry: string, { HOME }: Environment): string[] {
  const home =
    HOME === undefined ? [] : ['.docker', '.config/docker', '.config/containers'].map((f) => join(HOME, f));
  return ['/etc/docker', '/etc/containers', ...home].flatMap((parent) => {
    const folder = join(parent, 'certs.d', registry);
    return existsSync(folder)
      ? readdirSync(folder)
          .sort()
          .map((name) => join(folder, name))
      : [];
  });
}

function clientPair(files: readonly string[]): { cert?: string; key?: string } {
  const cert = files.find((path) => path.endsWith('.cert'));
  const key = cert?.replace(/\.cert$/, '.key');
  return cert === undefined || key === undefined || !files.includes(key)
    ? {}
    : { cert: read(cert), key: read(key) };
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (cause) {
    throw new RegistryError(`The certificates in ${path} can't be read: ${(cause as Error).message}`, {
      code: 'invalid',
      cause,
    });
  }
}
