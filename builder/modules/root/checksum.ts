import { createHash, getHashes } from 'node:crypto';
import { TaskFailure } from '../task-failure.js';
import { fetchUrl, urlFileName, type UrlRequest } from '../downloads/url-source.js';

/** A checksum with the name of its algorithm. */
export interface Checksum {
  readonly algorithm: string;
  readonly hex: string;
}

/** Parses `sha256:<hex>`, or fetches the list of sums that `sha256:<URL>` names. @throws TaskFailure for anything else */
export async function readChecksum(given: string, url: string, request: UrlRequest): Promise<Checksum> {
  const [, algorithm = '', value = ''] = /^([^:]+):(.*)$/s.exec(given) ?? [];
  if (value === '')
    throw new TaskFailure('The checksum parameter has to be in format <algorithm>:<checksum>');
  if (!getHashes().includes(algorithm)) throw new TaskFailure(`unknown checksum algorithm '${algorithm}'`);
  const sum = /^(https?|ftp|file):\/\//.test(value) ? await sumFromList(value, url, request) : value;
  const hex = sum.replace(/\W+/g, '').toLowerCase();
  if (!/^[0-9a-f]+$/.test(hex)) throw new TaskFailure(`The checksum format is invalid: ${given}`);
  return { algorithm, hex };
}

async function sumFromList(listUrl: string, url: string, request: UrlRequest): Promise<string> {
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
