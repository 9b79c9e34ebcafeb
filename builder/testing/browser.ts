import { Agent, fetch, type Headers, type RequestInit } from 'undici';

/** An answer: without following redirects, with its body. */
export interface Page {
  readonly status: number;
  readonly headers: Headers;
  readonly bytes: Buffer;
  readonly text: string;
}

/** An HTTP client that keeps the cookies of one site, like a browser. */
export class Browser {
  readonly #origin: string;
  readonly #cookies: Map<string, string>;
  readonly #dispatcher: Agent | undefined;

  /**
   * @param origin like http://127.0.0.1:8080
   * @param options `cookies`: from a browser of the same site at another address; `ca`: the trusted authority, in PEM; `from`: the source address on this machine
   */
  constructor(
    origin: string,
    { ca, from, cookies }: { ca?: string | undefined; from?: string | undefined; cookies?: Browser } = {},
  ) {
    this.#origin = origin;
    this.#cookies = new Map(cookies === undefined ? [] : cookies.#cookies);
    this.#dispatcher =
      ca === undefined && from === undefined
        ? undefined
        : new Agent({
            ...(ca === undefined ? {} : { connect: { ca } }),
            ...(from === undefined ? {} : { localAddress: from }),
          });
  }

  /** `place` is a path or a URL of the site. */
  get(place: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#fetch(place, { headers });
  }

  /** Sends a form. */
  post(place: string, form: Readonly<Record<string, string>>): Promise<Page> {
    return this.#fetch(place, { method: 'POST', body: new URLSearchParams(form) });
  }

  /** Sends bytes. */
  send(place: string, body: Buffer, headers: Readonly<Record<string, string>>): Promise<Page> {
    return this.#fetch(place, { method: 'POST', body: new Uint8Array(body), headers });
  }

  async #fetch(place: string, request: RequestInit): Promise<Page> {
    const given = request.headers as Record<string, string> | undefined;
    const own = [...this.#cookies].map(([name, value]) => `${name}=${value}`);
    const cookie = [...own, ...(given?.['cookie'] === undefined ? [] : [given['cookie']])].join('; ');
    const answer = await fetch(new URL(place, this.#origin), {
      ...request,
      redirect: 'manual',
      headers: { ...given, cookie },
      ...(this.#dispatcher === undefined ? {} : { dispatcher: this.#dispatcher }),
      signal: AbortSignal.timeout(120_000),
    });
    for (const line of answer.headers.getSetCookie()) {
      const [, name = '', value = ''] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      this.#cookies.set(name, value);
    }
    const bytes = Buffer.from(await answer.arrayBuffer());
    return { status: answer.status, headers: answer.headers, bytes, text: bytes.toString() };
  }
}
