import { createHash } from 'node:crypto';
import { TaskFailure } from '../task-failure.js';
import { fetchUrl, urlFileName, type UrlRequest } from '../downloads/url-source.js';

/** A checksum and its algorithm. */
export interface Checksum {
  readonly algorithm: string;
  readonly hex: string;
}

export async function sumFromList(listUrl: string, url: string, request: UrlRequest): Promise<string> {
  const { bytes } = await fetchUrl(listUrl, request, undefined);
  const name = urlFileName(url);
  const lines = bytes.toString().replace(/\n$/, '').split('\n');
  const [only = ''] = lines;
  if (lines.length === 1 && only.trim().split(/\s+/).length === 1) return only;
  for (const line of lines) {
    const [, sum, file] = /^(\S+) [ *]?(.*)$/.exec(line) ?? [];
    if (sum !== undefined && file?.replace(/^[./]+/, '') === name) return sum;
  }
  throw new TaskFailure(`Unable to find a checksum for file '${name}' in '${listUrl}'`);
}

/** Whether the bytes have this checksum. */
export function checksumMatches(bytes: Buffer, { algorithm, hex }: Checksum): boolean {
  return hexOf(bytes, algorithm) === hex;
}

/** The checksum of some bytes in lower-case hexadecimal. */
export function hexOf(bytes: Buffer, algorithm: string): string {
  return createHash(algorithm).update(bytes).digest('hex');
}
