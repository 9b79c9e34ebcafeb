import type { Readable } from 'node:stream';
import { createSecureContext } from 'node:tls';
import type { Agent, Dispatcher } from 'undici';
import { isUnknownAuthority, networkError } from './network-error.js';
import { RegistryError } from '../registry-error.js';
import { proxyFor } from './proxy-for.js';
import { interrupted } from './retry.js';
import type { Trust } from './trust.js';
import type { Environment } from '../../environment.js';

/** An HTTP request as it goes over the wire. */
export interface WireRequest {
  readonly method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'PATCH';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  /** A stream needs a `content-length` among the headers. */
  readonly body?: AsyncIterable<Uint8Array> | Buffer | string | undefined;
  /** Milliseconds from the end of the request until the answer must begin. */
  readonly answerMs: number;
  readonly signal?: AbortSignal | undefined;
}

export interface WireAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
}

export interface WireOptions {
  readonly connectMs: number;
  readonly stallMs: number;
  /** Undefined if only the system's authorities are trusted. */
  readonly trust: (host: string) => Trust | undefined;
  readonly system: () => readonly string[];
  readonly environment: Environment;
}

/** Connections to all hosts, kept open for reuse. The only place that knows undici. */
export class Wire implements Disposable {
  readonly #options: WireOptions;
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  /** Hosts for which the system's authorities are loaded. */
  readonly #thorough = new Set<string>();

  constructor(options: WireOptions) {
    this.#options = options;
  }

  /** @throws RegistryError if no answer comes; BuilderError `interrupted` */
  async send(request: WireRequest): Promise<WireAnswer> {
    try {
      return await this.#send(request, await this.#dispatcherFor(request.url));
    } catch (error) {
      if (request.signal?.aborted === true) throw interrupted(request.signal);
      const { host } = request.url;
      if (!isUnknownAuthority(error) || this.#thorough.has(host) || this.#options.trust(host) !== undefined)
        throw networkError(error, { ...request, proxy: proxyFor(request.url, this.#options.environment) });
    }
    // Loaded only after a failure: reading the system's authorities takes longer than a small request.
    this.#thorough.add(request.url.host);
    this.#dispatchers.delete(request.url.origin);
    return this.send(request);
  }

  async #send(
    { method, url, headers, body, answerMs, signal }: WireRequest,
    dispatcher: Dispatcher,
  ): Promise<WireAnswer> {
    const watch = new TakingWatch(this.#options.stallMs, { url, signal });
    try {
      const {
        statusCode,
        headers: answered,
        body: stream,
      } = await dispatcher.request({
        origin: url.origin,
        path: `${url.pathname}${url.search}`,
        method,
        headers,
        // undici accepts any iterable; its types allow only streams.
        body: (isStreaming(body) ? watch.watched(body) : (body ?? null)) as Readable | Buffer | string | null,
        headersTimeout: answerMs,
        bodyTimeout: this.#options.stallMs,
        signal: watch.signal,
      });
      return { status: statusCode, headers: answered, body: stream };
    } finally {
      watch[Symbol.dispose]();
    }
  }

  [Symbol.dispose](): void {
    for (const dispatcher of this.#dispatchers.values())
      dispatcher.then((made) => made.destroy()).catch(() => undefined);
    this.#dispatchers.clear();
  }

  #dispatcherFor({ origin, host }: URL): Promise<Dispatcher> {
    let dispatcher = this.#dispatchers.get(origin);
    if (dispatcher === undefined) {
      dispatcher = this.#connect(origin, host);
      this.#dispatchers.set(origin, dispatcher);
    }
    return dispatcher;
  }

  async #connect(origin: string, host: string): Promise<Dispatcher> {
    const undici = await import('undici');
    const { connectMs, environment, trust, system } = this.#options;
    const { ca, cert, key } = trust(host) ?? { ca: this.#thorough.has(host) ? system() : undefined };
    // Made once, not for each connection.
    const secureContext = createSecureContext({
      ...(ca !== undefined && { ca: [...ca] }),
      ...(cert !== undefined && { cert, key }),
    });
    const options: Agent.Options = { connect: { secureContext, timeout: connectMs } };
    const proxy = proxyFor(new URL(origin), environment);
    return proxy === undefined
      ? new undici.Agent(options)
      : new undici.ProxyAgent({ ...options, uri: proxy, requestTls: { secureContext } });
  }
}

function isStreaming(body: WireRequest['body']): body is AsyncIterable<Uint8Array> {
  return typeof body === 'object' && !Buffer.isBuffer(body);
}

/** Aborts a request if the other side accepts none of its body for `stallMs`. */
class TakingWatch implements Disposable {
  readonly #controller = new AbortController();
  readonly #stallMs: number;
  readonly #url: URL;
  #timer: NodeJS.Timeout | undefined;
  readonly signal: AbortSignal;

  constructor(stallMs: number, { url, signal }: Pick<WireRequest, 'url' | 'signal'>) {
    this.#stallMs = stallMs;
    this.#url = url;
    this.signal =
      signal === undefined ? this.#controller.signal : AbortSignal.any([signal, this.#controller.signal]);
  }

  async *watched(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of body) {
      this.#timer = setTimeout(() => this.#giveUp(), this.#stallMs);
      yield chunk;
      clearTimeout(this.#timer);
    }
  }

  [Symbol.dispose](): void {
    clearTimeout(this.#timer);
  }

  #giveUp(): void {
    this.#controller.abort(
      new RegistryError(`${this.#url.host} has accepted no data for ${this.#stallMs / 1000} s`, {
        code: 'unavailable',
        temporary: true,
        stalled: true,
      }),
    );
  }
}
