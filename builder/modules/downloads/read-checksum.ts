import { getHashes } from 'crypto';
import { type Checksum, sumFromList } from '../root/checksum.js';
import { TaskFailure } from '../task-failure.js';
import type { UrlRequest } from './url-source.js';

/** Parses `sha256:<hex>`, or fetches the list of checksums of `sha256:<URL>`. @throws TaskFailure for anything else */
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
