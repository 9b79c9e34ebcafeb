import type { Readable } from 'node:stream';
import type { ClientContext } from './client-context.js';
import { type Entrance, enterRegistry } from './ping-registry.js';
import { parseChallenges } from './parse-challenge.js';
import { readLimited } from './read-limited.js';
import { redactUrl } from './redact-url.js';
import { RegistryError } from '../registry-error.js';
import { type Answer, type RegistryRequest, headersOf, refusal, streamOf } from './request.js';
import { withRetries } from './retry.js';
import { checkTarget } from './safe-target.js';
import type { WireAnswer } from './http-client.js';

type OpenAnswer = Answer & { readonly body: Readable };

/** Limit of manifests and other answers kept in memory, bytes. */
const longestDocument = 16 << 20;
const mostRedirects = 5;
/** A refused token may be followed by a refused login. */
const mostRenewals = 2;

/** Requests to one registry: logs in, follows redirects, and retries. */
export class RegistrySession {
  readonly registry: string;
  readonly #context: ClientContext;
  #entrance: Promise<Entrance> | undefined;

  constructor(registry: string, context: ClientContext) {
    this.registry = registry;
    this.#context = context;
  }

  /** The whole answer. @throws RegistryError */
  send(request: RegistryRequest): Promise<Answer & { readonly bytes: Buffer }> {
    const { pace } = this.#context;
    const attempt = async (): Promise<Answer & { readonly bytes: Buffer }> => {
      const { body, ...answer } = await this.open(request);
      return {
        ...answer,
        bytes: await readLimited(body, { most: longestDocument, url: answer.url, request }),
      };
    };
    if (request.once === true) return attempt();
    return withRetries({ ...pace, signal: request.signal ?? pace.signal }, attempt);
  }

  /** Returns once the answer begins; tries once, apart from renewed logins. @throws RegistryError */
  async open(request: RegistryRequest): Promise<OpenAnswer> {
    const { authorizer, base } = await this.#enter();
    const url = await target(request.to, base);
    for (let renewals = 0; ; renewals += 1) {
      const used = await authorizer.header(request.scopes);
      const answer = await this.#follow(request, { base, url, authorization: used });
      const { status, headers } = answer;
      if (request.accept.includes(status)) return answer;
      const error = await refusal(request, answer, this.#context);
      if (answer.url.origin !== base.origin) throw elsewhere(error);
      if (renewals === mostRenewals || !authorizer.refuses(status, used)) throw error;
      const challenges = parseChallenges(headers['www-authenticate']);
      if (!(await authorizer.renew(used, request.scopes, challenges))) throw error;
      // The stream is used up: the caller starts again, without a wait.
      if (streamOf(request.body) !== undefined)
        throw error.with(error.message, { temporary: true, retryAfterMs: 0 });
    }
  }

  /** Follows redirects. Sends the login to the registry alone. */
  async #follow(
    request: RegistryRequest,
    { base, url, authorization }: { base: URL; url: URL; authorization: string | undefined },
  ): Promise<OpenAnswer> {
    const { wire, limits, pace } = this.#context;
    const { method, body, answerMs = limits.stallMs, signal = pace.signal } = request;
    let at = url;
    for (let count = 0; count <= mostRedirects; count += 1) {
      const own = at.origin === base.origin && authorization !== undefined;
      const answer = await wire.send({
        method,
        url: at,
        body: streamOf(body)?.open() ?? (body as Buffer | undefined),
        answerMs,
        signal,
        headers: { ...headersOf(request, this.#context), ...(own && { authorization }) },
      });
      const next = redirectOf(request, answer);
      if (next === undefined) return { ...answer, url: at };
      answer.body.on('error', () => undefined).destroy();
      at = new URL(next, at);
      if (streamOf(body) !== undefined)
        throw new RegistryError(`${this.registry} redirects an upload that has begun to ${redactUrl(at)}`, {
          code: 'failed',
        });
      await checkTarget(base, at);
    }
    throw new RegistryError(`${this.registry} redirects from one address to the next, without end`, {
      code: 'failed',
    });
  }

  /** A failed first contact is forgotten, so that the next request tries again. */
  #enter(): Promise<Entrance> {
    if (this.#entrance === undefined) {
      const entrance = enterRegistry(this.registry, this.#context);
      entrance.catch(() => (this.#entrance = undefined));
      this.#entrance = entrance;
    }
    return this.#entrance;
  }
}

/** Changes http to https for registries that don't know of the TLS proxy in front of them. */
async function target(to: string | URL, base: URL): Promise<URL> {
  if (typeof to === 'string') return new URL(`/v2/${to}`, base);
  const url = new URL(to);
  if (
    base.protocol === 'https:' &&
    url.protocol === 'http:' &&
    url.hostname === base.hostname &&
    url.port === ''
  )
    url.protocol = 'https:';
  if (url.origin !== base.origin) await checkTarget(base, url);
  return url;
}

/** A 403 of a redirect's target is temporary: its URL carries permissions that expire. */
function elsewhere(error: RegistryError): RegistryError {
  return error.status === 403 ? error.with(error.message, { temporary: true }) : error;
}

function redirectOf({ method }: RegistryRequest, { status, headers }: WireAnswer): string | undefined {
  const { location } = headers;
  if (typeof location !== 'string' || !URL.canParse(location, 'http://any')) return undefined;
  const reads = method === 'GET' || method === 'HEAD';
  return status === 307 || status === 308 || (reads && [301, 302, 303].includes(status))
    ? location
    : undefined;
}
