import type { Readable } from 'node:stream';
import type { BuilderError } from '../errors.js';
import { answerError } from './answer-error.js';
import { Authorizer } from './authorizer.js';
import type { ClientContext } from './client-context.js';
import { isCertificateError } from './network-error.js';
import { parseChallenges } from './parse-challenge.js';
import { isLoopbackHost } from './private-address.js';
import { readLimited } from './read-limited.js';
import { RegistryError } from './registry-error.js';
import { withRetries } from './retry.js';
import { checkTarget } from './safe-target.js';
import { type BearerToken, type TokenQuestion, readToken, tokenRequest } from './token-service.js';
import type { WireAnswer, WireRequest } from './wire.js';

interface StreamedBody {
  /** Bytes. */
  readonly size: number;
  open(): AsyncIterable<Uint8Array>;
}

/** A request to a registry. */
export interface RegistryRequest {
  readonly method: WireRequest['method'];
  /** Below `/v2/`, or a whole URL that the registry gave. */
  readonly to: string | URL;
  /** What the token must allow: `repository:acme/site:pull`. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Buffer | StreamedBody | undefined;
  /** Statuses that are no error. */
  readonly accept: readonly number[];
  /** One try; the caller begins anew. */
  readonly once?: boolean | undefined;
  /** Milliseconds for an answer. */
  readonly answerMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

interface Entrance {
  /** `https://registry.example` */
  readonly base: URL;
  readonly authorizer: Authorizer;
}

/** An answer and where it came from in the end. */
export interface Answer {
  readonly status: number;
  readonly headers: WireAnswer['headers'];
  readonly url: URL;
}

/** Of manifests and what else is kept in memory. */
const longestDocument = 16 << 20;
const longestComplaint = 1 << 16;
const mostRedirects = 5;
/** Longer than that no server on this machine needs to say that it speaks no TLS. */
const probeMs = 3000;

/** One registry in use: knows its scheme, logs in, follows where it leads, and tries again what may succeed. */
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
    return this.#retried(request, async () => {
      const { body, ...answer } = await this.#exchange(request);
      return { ...answer, bytes: await readLimited(body, { most: longestDocument, ...answer, request }) };
    });
  }

  /** The answer's beginning; one try. @throws RegistryError */
  open(request: RegistryRequest): Promise<Answer & { readonly body: Readable }> {
    return this.#exchange(request);
  }

  #retried<T>(request: RegistryRequest, attempt: () => Promise<T>): Promise<T> {
    const { pace } = this.#context;
    return request.once === true
      ? attempt()
      : withRetries({ ...pace, signal: request.signal ?? pace.signal }, attempt);
  }

  async #exchange(request: RegistryRequest): Promise<Answer & { readonly body: Readable }> {
    const { authorizer, base } = await this.#enter();
    const url = await this.#target(request.to, base);
    for (let tries = 0; ; tries += 1) {
      const used = await authorizer.header(request.scopes);
      const answer = await this.#follow(request, { base, url, authorization: used });
      const { status, headers } = answer;
      if (request.accept.includes(status)) return answer;
      const error = await this.#refusal(request, answer);
      const own = answer.url.origin === base.origin;
      if (!own && status === 403)
        throw error.with(`${error.message}: its permission may have expired`, { temporary: true });
      if (!own || tries === 2 || !authorizer.refuses(status, used)) throw error;
      const challenges = parseChallenges(headers['www-authenticate']);
      if (!(await authorizer.renew(used, request.scopes, challenges))) throw error;
      if (streamOf(request.body) !== undefined && request.once === true)
        throw error.with(error.message, { temporary: true, retryAfterMs: 0 });
    }
  }

  /** Follows redirects. The login goes to the registry alone. */
  async #follow(
    request: RegistryRequest,
    { base, url, authorization }: { base: URL; url: URL; authorization: string | undefined },
  ): Promise<Answer & { readonly body: Readable }> {
    let at = url;
    for (let count = 0; count <= mostRedirects; count += 1) {
      const own = at.origin === base.origin && authorization !== undefined;
      const answer = await this.#context.wire.send({
        ...wireRequest(request, this.#context),
        url: at,
        headers: { ...headersOf(request, this.#context), ...(own && { authorization }) },
      });
      const next = redirectOf(request, answer);
      if (next === undefined) return { ...answer, url: at };
      answer.body.on('error', () => undefined).destroy();
      at = new URL(next, at);
      await checkTarget(base, at);
    }
    throw new RegistryError(
      `${this.registry} sends this client from one address to the next, without an end`,
      {
        code: 'failed',
      },
    );
  }

  async #refusal(
    request: RegistryRequest,
    { status, headers, body, url }: Answer & { body: Readable },
  ): Promise<RegistryError> {
    const bytes = await readLimited(body, { most: longestComplaint, url, request, cut: true });
    const { secrets, clock } = this.#context;
    return answerError(
      { method: request.method, url, status, headers, text: bytes.toString() },
      secrets,
      clock,
    );
  }

  /** Registries behind a proxy that ends TLS may name themselves by http. */
  async #target(to: string | URL, base: URL): Promise<URL> {
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

  /** A first contact that failed is tried again by the next who needs it. */
  #enter(): Promise<Entrance> {
    if (this.#entrance === undefined) {
      const entrance = this.#knock();
      entrance.catch(() => (this.#entrance = undefined));
      this.#entrance = entrance;
    }
    return this.#entrance;
  }

  async #knock(): Promise<Entrance> {
    const { registry } = this;
    const { source, secrets, clock, pace } = this.#context;
    const { base, answer } = await this.#speak();
    const challenges = parseChallenges(answer.headers['www-authenticate']);
    const options = { base, registry, source, secrets, clock, signal: pace.signal };
    return {
      base,
      authorizer: new Authorizer(
        { ...options, exchange: (question) => this.#exchangeToken(base, question) },
        answer.status === 401 ? challenges : [],
      ),
    };
  }

  /** HTTPS; where that may be left out, HTTP when HTTPS is not spoken there. */
  async #speak(): Promise<{ base: URL; answer: Answer }> {
    const mayBePlain = this.#context.insecure(this.registry);
    const https = new URL(`https://${this.registry}`);
    try {
      return { base: https, answer: await this.#ping(https, mayBePlain ? probeMs : undefined) };
    } catch (error) {
      const { cause, status } = error as RegistryError;
      if (!mayBePlain || status !== undefined || isCertificateError(cause)) throw error;
      const http = new URL(`http://${this.registry}`);
      return {
        base: http,
        answer: await this.#ping(http).catch((plain: unknown) => throwFirst(error, plain)),
      };
    }
  }

  async #ping(base: URL, probe?: number): Promise<Answer> {
    const { wire, limits, pace } = this.#context;
    const request = { method: 'GET', to: 'ping', scopes: [], accept: [200, 401] } as const;
    const attempt = async (): Promise<Answer> => {
      const url = new URL('/v2/', base);
      const headers = headersOf(request, this.#context);
      const answerMs = probe ?? limits.stallMs;
      const answer = {
        ...(await wire.send({ method: 'GET', url, headers, answerMs, signal: pace.signal })),
        url,
      };
      if (!request.accept.some((status) => status === answer.status))
        throw await this.#refusal(request, answer);
      await readLimited(answer.body, { most: longestComplaint, ...answer, request, cut: true });
      return answer;
    };
    return probe === undefined ? withRetries(pace, attempt) : attempt();
  }

  async #exchangeToken(base: URL, question: TokenQuestion): Promise<BearerToken> {
    const { wire, limits, pace } = this.#context;
    await checkTarget(base, question.realm);
    return withRetries(pace, async () => {
      const asked = tokenRequest(question);
      const request = { method: asked.method, to: asked.url, scopes: [], accept: [200] };
      const headers = { ...headersOf(request, this.#context), ...asked.headers };
      const sent = { ...asked, headers, answerMs: limits.stallMs, signal: pace.signal };
      const answer = { ...(await wire.send(sent)), url: asked.url };
      if (answer.status !== 200) throw this.#loginError(await this.#refusal(request, answer));
      return readToken(await readLimited(answer.body, { most: 1 << 20, ...answer, request }), question.realm);
    });
  }

  #loginError(error: RegistryError): RegistryError {
    return error.with(`Can't log in to ${this.registry}: ${error.message}`, {
      ...(error.status === 401 && {
        hint: `check the login that is there for ${this.registry}, or log in again`,
      }),
    });
  }
}

function isStreaming(
  body: RegistryRequest['body'],
): body is { size: number; open(): AsyncIterable<Uint8Array> } {
  return body !== undefined && !Buffer.isBuffer(body);
}

function throwFirst(first: unknown, plain: unknown): never {
  // That the port speaks no TLS is no news where plain HTTP did not work out either.
  throw (first as BuilderError).message.includes('no TLS') ? plain : first;
}

function redirectOf({ method }: RegistryRequest, { status, headers }: WireAnswer): string | undefined {
  const { location } = headers;
  if (typeof location !== 'string' || !URL.canParse(location, 'http://any')) return undefined;
  const reads = method === 'GET' || method === 'HEAD';
  return status === 307 || status === 308 || (reads && [301, 302, 303].includes(status))
    ? location
    : undefined;
}

function headersOf({ headers, body }: RegistryRequest, { userAgent }: ClientContext): Record<string, string> {
  const size = streamOf(body)?.size;
  return {
    'user-agent': userAgent,
    ...headers,
    ...(size !== undefined && { 'content-length': String(size) }),
  };
}

function wireRequest({ method, body, answerMs, signal }: RegistryRequest, { limits, pace }: ClientContext) {
  return {
    method,
    body: body === undefined || Buffer.isBuffer(body) ? body : body.open(),
    answerMs: answerMs ?? limits.stallMs,
    signal: signal ?? pace.signal,
  };
}

/** Whether plain HTTP may be used: on this machine, as Docker has it. */
export function insecureByDefault(registry: string): boolean {
  return isLoopbackHost(new URL(`http://${registry}`).hostname);
}
