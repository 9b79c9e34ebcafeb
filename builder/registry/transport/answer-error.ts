import { STATUS_CODES } from 'node:http';
import type { ErrorCode } from '../../errors.js';
import { redactUrl } from './redact-url.js';
import { RegistryError } from '../registry-error.js';
import type { Secrets } from './secrets.js';

/** An unexpected answer. */
export interface BadAnswer {
  readonly method: string;
  readonly url: URL;
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** The beginning of its body. */
  readonly text: string;
}

/** 416: the registry expects another offset; the next try starts a new upload. */
const temporaryStatuses = new Set([408, 416, 425, 429, 500, 502, 503, 504]);
/** Codes that make a refusal (4xx) temporary if the registry gives no others. */
const temporaryCodes = new Set([
  'BLOB_UPLOAD_INVALID',
  'BLOB_UPLOAD_UNKNOWN',
  'TOOMANYREQUESTS',
  'UNAVAILABLE',
]);

const codes: Readonly<Record<number, ErrorCode>> = { 404: 'not-found' };

const hints: Readonly<Record<number, (host: string) => string>> = {
  401: (host) => `log in (docker login ${host}), or check the stored login`,
  403: (host) => `check that the login for ${host} may do this, and that the repository exists`,
  413: () => 'a proxy before the registry limits the size of uploads; raise its limit',
  429: () => 'the registry limits how often it is asked; wait, or log in for a higher limit',
};

/** Turns an answer into an error; what is temporary follows go-containerregistry (pkg/v1/remote/transport/error.go). */
export function answerError(answer: BadAnswer, secrets: Secrets, clock: () => number): RegistryError {
  const { method, url, status, headers } = answer;
  const problems = problemsOf(answer.text);
  const registryCodes = problems.flatMap(({ code }) => (code === undefined ? [] : [secrets.clean(code)]));
  const said = problems.map(({ code, message }) => [code, message].filter(Boolean).join(': ')).join('; ');
  const text = secrets.clean(said || plainText(answer));
  const temporary =
    temporaryStatuses.has(status) ||
    (status < 500 && registryCodes.length > 0 && registryCodes.every((code) => temporaryCodes.has(code)));
  return new RegistryError(
    `${url.host} answered ${status} ${STATUS_CODES[status] ?? ''} to ${method} ${redactUrl(url)}${text === '' ? '' : ` (${text})`}`,
    {
      code: codes[status] ?? (temporary ? 'unavailable' : 'failed'),
      status,
      temporary,
      registryCodes,
      hint: hints[status]?.(url.host),
      retryAfterMs: parseRetryAfter(headers['retry-after'], clock),
    },
  );
}

/** Milliseconds from now (RFC 9110, section 10.2.3). */
export function parseRetryAfter(
  header: string | string[] | undefined,
  clock: () => number,
): number | undefined {
  const text = typeof header === 'string' ? header.trim() : undefined;
  if (text === undefined || text === '') return undefined;
  const ms = /^[0-9]+$/.test(text) ? Number(text) * 1000 : Date.parse(text) - clock();
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}

interface Problem {
  readonly code: string | undefined;
  readonly message: string | undefined;
}

/** Reads `{"errors":[{"code":"…","message":"…"}]}`, and the variants of AWS and token services. */
function problemsOf(text: string): Problem[] {
  const string = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
  try {
    const body = JSON.parse(text) as Record<string, unknown> | null;
    const list = Array.isArray(body?.errors) ? (body.errors as unknown[]) : [body];
    return list.flatMap((each) => {
      if (typeof each !== 'object' || each === null) return [];
      const { code, message, details, error, error_description } = each as Record<string, unknown>;
      const problem = {
        code: string(code) ?? string(error),
        message: string(message) ?? string(details) ?? string(error_description),
      };
      return problem.code === undefined && problem.message === undefined ? [] : [problem];
    });
  } catch {
    return [];
  }
}

/** The answer's text, unless it is HTML or binary. */
function plainText({ headers, text }: BadAnswer): string {
  return String(headers['content-type'] ?? '').includes('html') || text.includes('\0') ? '' : text;
}
