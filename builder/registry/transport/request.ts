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
  /** A path below `/v2/`, or a whole URL that the registry gave. */
  readonly to: string | URL;
  /** Permissions that the token needs: `repository:acme/site:pull`. */
  readonly scopes: readonly string[];
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly body?: Buffer | StreamedBody | undefined;
  /** Statuses that are not errors. */
  readonly accept: readonly number[];
  /** Try once only; the caller retries. */
  readonly once?: boolean | undefined;
  /** Milliseconds until an answer must begin. */
  readonly answerMs?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** An answer, and its URL after redirects. */
export interface Answer {
  readonly status: number;
  readonly headers: WireAnswer['headers'];
  readonly url: URL;
}

/** Bytes read of an error's body. */
const longestComplaint = 1 << 16;

/** The body if it streams; undefined if there is none, or it is in memory and can be sent again. */
export function streamOf(body: RegistryRequest['body']): StreamedBody | undefined {
  return body === undefined || Buffer.isBuffer(body) ? undefined : body;
}

/** The headers of a request, without `Authorization`. */
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

/** Turns an unexpected answer into an error, and reads its body to the end. */
export async function refusal(
  { method }: Pick<RegistryRequest, 'method'>,
  { status, headers, body, url }: Answer & { readonly body: Readable },
  { secrets, clock }: ClientContext,
): Promise<RegistryError> {
  const bytes = await readLimited(body, { most: longestComplaint, url, request: { method }, cut: true });
  return answerError({ method, url, status, headers, text: bytes.toString() }, secrets, clock);
}
