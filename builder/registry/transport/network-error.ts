import { BuilderError } from '../../errors.js';
import { redactUrl } from './redact-url.js';
import { RegistryError } from '../registry-error.js';

interface Meaning {
  readonly why: string;
  readonly hint?: string;
  readonly temporary?: boolean;
  readonly stalled?: boolean;
}

const cut: Meaning = { why: 'the connection was cut', temporary: true };
const silent: Meaning = { why: 'it stopped sending', temporary: true, stalled: true };
const notTls: Meaning = { why: 'the answer is not TLS', temporary: true };
const unknownAuthority: Meaning = {
  why: 'its certificate is from an authority that this machine does not trust',
  hint: 'put the authority as ca.crt into /etc/docker/certs.d/HOST:PORT/, or name its file in SSL_CERT_FILE',
};

/** By error codes of Node.js, OpenSSL and undici. */
const meanings: Readonly<Record<string, Meaning>> = {
  ECONNREFUSED: { why: 'nothing listens there', hint: 'check host and port' },
  ENOTFOUND: { why: 'there is no such host', hint: 'check the name' },
  EAI_AGAIN: { why: 'the name of the host could not be looked up', temporary: true },
  EHOSTUNREACH: { why: 'the host cannot be reached', temporary: true },
  ENETUNREACH: { why: 'the host cannot be reached', temporary: true },
  ECONNRESET: cut,
  ECONNABORTED: cut,
  EPIPE: cut,
  UND_ERR_SOCKET: cut,
  UND_ERR_CLOSED: cut,
  UND_ERR_RES_CONTENT_LENGTH_MISMATCH: cut,
  ETIMEDOUT: silent,
  UND_ERR_HEADERS_TIMEOUT: silent,
  UND_ERR_BODY_TIMEOUT: silent,
  UND_ERR_CONNECT_TIMEOUT: { why: 'the connection took too long', temporary: true, stalled: true },
  DEPTH_ZERO_SELF_SIGNED_CERT: unknownAuthority,
  SELF_SIGNED_CERT_IN_CHAIN: unknownAuthority,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT: unknownAuthority,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: unknownAuthority,
  CERT_HAS_EXPIRED: { why: 'its certificate has expired' },
  CERT_NOT_YET_VALID: { why: 'its certificate is not valid yet', hint: "check this machine's clock" },
  ERR_TLS_CERT_ALTNAME_INVALID: { why: 'its certificate is for another name' },
};

/** By prefix, for families of codes. */
const prefixes: Readonly<Record<string, Meaning>> = {
  HPE_: { why: 'the answer is not HTTP', temporary: true },
  ERR_SSL_: notTls,
  EPROTO: notTls,
};

/** Explains a request that got no answer; returns a BuilderError unchanged. */
export function networkError(
  error: unknown,
  { method, url, proxy }: { method: string; url: URL; proxy?: string | undefined },
): BuilderError {
  if (error instanceof BuilderError) return error;
  const { message } = error as Error;
  const code = codeOf(error);
  const meaning = meanings[code] ?? byPrefix(code) ?? { why: message };
  const way = proxy === undefined ? '' : ` through the proxy ${hostOf(proxy)}`;
  return new RegistryError(
    `No answer from ${url.host} to ${method} ${redactUrl(url)}${way}: ${meaning.why}`,
    {
      code: 'unavailable',
      hint:
        proxy === undefined
          ? meaning.hint
          : `check ${proxyVariable(url)}, or name ${url.hostname} in NO_PROXY`,
      temporary: meaning.temporary,
      stalled: meaning.stalled,
      cause: error,
    },
  );
}

/** The host alone: a proxy's URL may hold a password. */
function hostOf(proxy: string): string {
  return URL.canParse(proxy) ? new URL(proxy).host : 'that is set';
}

function proxyVariable({ protocol }: URL): string {
  return protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY';
}

/** Whether the certificate is from an unknown authority. */
export function isUnknownAuthority(error: unknown): boolean {
  return meanings[codeOf(error)] === unknownAuthority;
}

/** Whether the other side does not speak TLS. */
export function isNotTls(error: unknown): boolean {
  return byPrefix(codeOf(error)) === notTls;
}

/** Whether HTTPS failed because of the certificate: then plain HTTP must not be tried. */
export function isCertificateError(error: unknown): boolean {
  const code = codeOf(error);
  return isUnknownAuthority(error) || code.includes('CERT');
}

/** The code of the error or of its cause. */
function codeOf(error: unknown): string {
  for (
    let each = error as NodeJS.ErrnoException | undefined;
    each instanceof Error;
    each = each.cause as never
  )
    if (typeof each.code === 'string' && each.code !== 'unavailable') return each.code;
  return '';
}

function byPrefix(code: string): Meaning | undefined {
  return Object.entries(prefixes).find(([prefix]) => code.startsWith(prefix))?.[1];
}
