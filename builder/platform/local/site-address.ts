import type { LocalContext } from './local-context.js';

/** Where a browser of this machine finds the site. */
export function siteAddress({ local }: LocalContext['spec']): string {
  const isAny = ['0.0.0.0', '::', '127.0.0.1', '::1'].includes(local.address);
  return `https://${isAny ? 'localhost' : local.address}:${local.httpsPort}/`;
}
