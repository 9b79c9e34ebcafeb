import type { Readable } from 'node:stream';
import { networkError } from './network-error.js';
import { RegistryError } from '../registry-error.js';

interface Reading {
  /** Bytes. */
  readonly most: number;
  readonly url: URL;
  readonly request: { readonly method: string; readonly signal?: AbortSignal | undefined };
  /** Return the beginning of an answer that is too long or cut short. */
  readonly cut?: boolean | undefined;
}

/** Reads an answer into memory. @throws RegistryError if it is longer than `most`, or cut short */
export async function readLimited(
  body: Readable,
  { most, url, request, cut = false }: Reading,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of body as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      size += chunk.length;
      if (size > most) break;
    }
  } catch (error) {
    if (!cut) throw networkError(error, { method: request.method, url });
  }
  if (size > most && !cut)
    throw new RegistryError(`${url.host} sends more than ${most} bytes when a short document was asked for`, {
      code: 'failed',
    });
  return Buffer.concat(chunks).subarray(0, most);
}
