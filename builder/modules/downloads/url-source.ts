import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { flag, integer, text } from '../args.js';
import { download } from './download.js';
import type { HostFile, ResolveContext } from '../module.js';

const textRecord = z.record(z.string(), text);

/** Arguments for fetching a URL (Ansible's "url" documentation fragment). */
export const urlArgs = {
  timeout: integer.default(30),
  headers: textRecord.optional(),
  http_agent: text.default('ansible-httpget'),
  url_username: text.optional(),
  url_password: text.optional(),
  force_basic_auth: flag.optional(),
  validate_certs: flag
    .refine((value) => value, {
      message: 'certificates are always checked: use a checksum and http, or fix the certificate',
    })
    .optional(),
};

export const refusedUrlArgs = {
  client_cert: 'client certificates are not supported: fetch the file before the build and use copy',
  client_key: 'client certificates are not supported: fetch the file before the build and use copy',
  use_gssapi: 'GSSAPI is not supported: fetch the file before the build and use copy',
  ciphers: 'the cipher list is that of Node.js',
  unredirected_headers: 'use headers',
};

/** The parsed `urlArgs`. */
export interface UrlRequest {
  readonly timeout: number;
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly http_agent: string;
  readonly url_username?: string | undefined;
  readonly url_password?: string | undefined;
}

/** The file on this machine for a `file:` URL; undefined for other URLs. */
export function hostFileOf(url: string, context: ResolveContext): HostFile | undefined {
  if (!url.startsWith('file:')) return undefined;
  return context.file(context.find('files', fileURLToPath(url)), true);
}

/** The bytes of a URL, and a file name for them. */
export async function fetchUrl(
  url: string,
  request: UrlRequest,
  local: HostFile | undefined,
): Promise<{ bytes: Buffer; name: string }> {
  if (local !== undefined) return { bytes: readFileSync(local.path), name: urlFileName(url) };
  const { url_username, url_password = '', http_agent } = request;
  const basic = Buffer.from(`${url_username}:${url_password}`).toString('base64');
  const headers = {
    'user-agent': http_agent,
    ...request.headers,
    ...(url_username !== undefined && { authorization: `Basic ${basic}` }),
  };
  const { bytes, finalUrl, fileName } = await download(url, { headers, timeout: request.timeout });
  return { bytes, name: fileName ?? urlFileName(finalUrl) };
}

/** The last part of a URL's path, or `index.html` if it is empty, as in get_url. */
export function urlFileName(url: string): string {
  const name = new URL(url).pathname.split('/').at(-1) ?? '';
  return name === '' ? 'index.html' : name;
}
