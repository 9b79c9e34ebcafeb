import { request } from 'undici';

const timeoutMs = 10_000;

/** Requests an address without following redirects; returns the status, or undefined without an answer in ten seconds. */
export async function askAddress(address: string, signal: AbortSignal): Promise<number | undefined> {
  try {
    const { statusCode, body } = await request(`${address}/`, {
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    body.destroy();
    return statusCode;
  } catch {
    return undefined;
  }
}
