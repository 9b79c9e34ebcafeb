import type { Readable } from 'node:stream';
import { answerError } from './answer-error.js';
import type { ClientContext } from './client-context.js';
import { readLimited } from './read-limited.js';
import type { RegistryError } from '../registry-error.js';
import type { WireAnswer, WireRequest } from './http-client.js';

export interface StreamedBody {
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

/** An answer and where it came from in the end. */
export interface Answer {
  readonly status: number;
  readonly headers: WireAnswer['headers'];
  readonly url: URL;
}

/** Bytes of an error's text. */
const longestComplaint = 1 << 16;

/** The body where it streams; undefined where there is none, or it is in memory and may be sent again as it is. */
export function streamOf(body: RegistryRequest['body']): StreamedBody | undefined {
  return body === undefined || Buffer.isBuffer(body) ? undefined : body;
}

/** The headers of a request, without a login. */
export function headersOf(
  { headers, body }: RegistryRequest,
  { userAgent }: ClientContext,
): Record<string, string> {
  const size = streamOf(body)?.size;
  return {
    'user-agent': userAgent,
    ...headers,
    ...(size !== undefined && { 'content-length': String(size) }),
  };
}

/** Makes an error of an answer that was not hoped for, and is done with it. */
export async function refusal(
  { method }: Pick<RegistryRequest, 'method'>,
  { status, headers, body, url }: Answer & { readonly body: Readable },
  { secrets, clock }: ClientContext,
): Promise<RegistryError> {
  const bytes = await readLimited(body, { most: longestComplaint, url, request: { method }, cut: true });
  return answerError({ method, url, status, headers, text: bytes.toString() }, secrets, clock);
}
