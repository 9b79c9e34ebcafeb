import { setTimeout as wait } from 'node:timers/promises';
import { TaskFailure } from '../task-failure.js';

export interface DownloadOptions {
  readonly headers: Readonly<Record<string, string>>;
  /** Seconds without data after which a try is given up. */
  readonly timeout: number;
}

const tries = 4;

/** Downloads an http or https URL: follows redirects, and retries temporary errors. @throws TaskFailure with the URL and the reason */
export async function download(
  url: string,
  options: DownloadOptions,
): Promise<{ bytes: Buffer; finalUrl: string; fileName: string | undefined }> {
  for (let attempt = 1; ; attempt += 1) {
    const outcome = await tryDownload(url, options);
    if (!('problem' in outcome)) return outcome;
    if (!outcome.passing || attempt === tries)
      throw new TaskFailure(`Request failed: ${outcome.problem}`, {
        url: withoutSecrets(url),
        ...(outcome.status !== undefined && { status_code: outcome.status }),
      });
    await wait(250 * 4 ** (attempt - 1));
  }
}

type Outcome =
  | { bytes: Buffer; finalUrl: string; fileName: string | undefined }
  | { problem: string; passing: boolean; status?: number };

async function tryDownload(url: string, { headers, timeout }: DownloadOptions): Promise<Outcome> {
  const { fetch } = await import('undici');
  const abort = new AbortController();
  const giveUp = (): void => abort.abort(new Error(`no answer for ${timeout} s`));
  let timer = setTimeout(giveUp, timeout * 1000);
  try {
    const response = await fetch(url, { headers, signal: abort.signal });
    if (!response.ok) {
      const { status, statusText } = response;
      const problem = `${withoutSecrets(url)} answered ${status} ${statusText}`.trim();
      return { problem, status, passing: status === 408 || status === 429 || status >= 500 };
    }
    const chunks: Uint8Array[] = [];
    for await (const chunk of response.body ?? []) {
      clearTimeout(timer);
      timer = setTimeout(giveUp, timeout * 1000);
      chunks.push(chunk as Uint8Array);
    }
    const fileName = /filename="?([^";/]+)/.exec(response.headers.get('content-disposition') ?? '')?.[1];
    return { bytes: Buffer.concat(chunks), finalUrl: response.url, fileName };
  } catch (error) {
    return { problem: `${withoutSecrets(url)}: ${reasonOf(error)}`, passing: true };
  } finally {
    clearTimeout(timer);
  }
}

function reasonOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== '' ? cause.message : message;
}

/** A URL for display: without user and password. */
export function withoutSecrets(url: string): string {
  return url.replace(/^(\w+:\/\/)[^/@]*@/, '$1');
}
