import { X509Certificate, webcrypto } from 'node:crypto';
import type { PrivateFiles } from './private-files.js';

/** A certificate and its key, in PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

const day = 86_400_000;
const lifetime = { authority: 3650 * day, certificate: 397 * day };
/** A certificate is renewed when it is no longer good for so long. */
const renewBefore = 30 * day;
const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

/** What a certificate is for: the first is its subject. */
export interface Names {
  readonly hosts: readonly string[];
  readonly addresses?: readonly string[];
}

/** An authority of this environment alone, which browsers may be told to trust: made when it is first asked for. */
export class LocalAuthority {
  readonly #files: PrivateFiles;
  readonly #name: string;

  constructor(files: PrivateFiles, environment: string) {
    this.#files = files;
    this.#name = `platen ${environment} (this machine)`;
  }

  /** Where a browser finds what to trust. */
  get certificatePath(): string {
    return this.#files.path('authority.crt');
  }

  /** Undefined while nothing is made. */
  certificate(): string | undefined {
    return this.#files.read('authority.crt');
  }

  /** Certificates of it are there, and it is not whole any more: another one takes its place, which nobody trusts yet. */
  isLost(): boolean {
    const names = this.#files.names();
    return names.length > 0 && !(names.includes('authority.crt') && names.includes('authority.key'));
  }

  /** A certificate that is there and holds on for a while, signed by this authority; undefined where one must be issued. */
  async find(part: string): Promise<KeyPair | undefined> {
    const [authority, certificate, key] = [
      this.certificate(),
      this.#files.read(`${part}.crt`),
      this.#files.read(`${part}.key`),
    ];
    if (authority === undefined || certificate === undefined || key === undefined) return undefined;
    try {
      const [issuer, own] = [new X509Certificate(authority), new X509Certificate(certificate)];
      const holds = Date.parse(own.validTo) - Date.now() > renewBefore && own.verify(issuer.publicKey);
      return holds ? { certificate, key } : undefined;
    } catch {
      return undefined;
    }
  }

  /** Issues a certificate and keeps it, with the authority where that is missing. */
  async issue(part: string, { hosts, addresses = [] }: Names): Promise<KeyPair> {
    const x509 = await library();
    const authority = await this.#authority();
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const made = await x509.X509CertificateGenerator.create({
      subject: `CN=${hosts[0]}`,
      issuer: authority.certificate.subject,
      publicKey: keys.publicKey,
      signingKey: authority.key,
      signingAlgorithm: algorithm,
      ...validity(lifetime.certificate),
      extensions: [
        new x509.BasicConstraintsExtension(false, undefined, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
        new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.serverAuth]),
        new x509.SubjectAlternativeNameExtension([
          ...hosts.map((value) => ({ type: 'dns' as const, value })),
          ...addresses.map((value) => ({ type: 'ip' as const, value })),
        ]),
      ],
    });
    const pair = { certificate: made.toString('pem'), key: await keyText(keys.privateKey) };
    this.#files.write(`${part}.key`, `${pair.key}\n`);
    this.#files.write(`${part}.crt`, `${pair.certificate}\n`);
    return { certificate: `${pair.certificate}\n`, key: `${pair.key}\n` };
  }

  /** Nobody trusts what is made later because of what was made before. */
  remove(): void {
    this.#files.remove();
  }

  async #authority() {
    const x509 = await library();
    const [certificate, key] = [this.certificate(), this.#files.read('authority.key')];
    if (certificate !== undefined && key !== undefined)
      return { certificate: new x509.X509Certificate(certificate), key: await readKey(key) };
    const keys = await webcrypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
    const made = await x509.X509CertificateGenerator.createSelfSigned({
      name: `CN=${this.#name}`,
      keys,
      signingAlgorithm: algorithm,
      ...validity(lifetime.authority),
      extensions: [
        new x509.BasicConstraintsExtension(true, 0, true),
        new x509.KeyUsagesExtension(x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign, true),
        await x509.SubjectKeyIdentifierExtension.create(keys.publicKey),
      ],
    });
    this.#files.write('authority.key', `${await keyText(keys.privateKey)}\n`);
    this.#files.write('authority.crt', `${made.toString('pem')}\n`);
    return { certificate: made, key: keys.privateKey };
  }
}

/** Clocks of guests may be a little behind. */
function validity(ms: number): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - day), notAfter: new Date(now + ms) };
}

async function library() {
  const x509 = await import('@peculiar/x509');
  x509.cryptoProvider.set(webcrypto as unknown as Parameters<typeof x509.cryptoProvider.set>[0]);
  return x509;
}

async function keyText(key: webcrypto.CryptoKey): Promise<string> {
  const bytes = Buffer.from(await webcrypto.subtle.exportKey('pkcs8', key));
  const lines = bytes.toString('base64').match(/.{1,64}/g) ?? [];
  return ['-----BEGIN PRIVATE KEY-----', ...lines, '-----END PRIVATE KEY-----'].join('\n');
}

function readKey(text: string): Promise<webcrypto.CryptoKey> {
  const bytes = Buffer.from(text.replace(/-----.*?-----|\s/g, ''), 'base64');
  return webcrypto.subtle.importKey('pkcs8', bytes, algorithm, true, ['sign']);
}
