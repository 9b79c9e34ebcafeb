import { BlockList, isIP } from 'node:net';
import type { Environment } from '../../environment.js';

/**
 * The proxy for a URL, chosen as Go's clients do (golang.org/x/net/http/httpproxy), so that the same variables suit Docker and
 * skopeo. None for this machine, nor for entries of `NO_PROXY`: `*`, hosts (with subdomains), `.subdomains.only`, addresses,
 * networks (`10.0.0.0/8`), each also with a port. Undefined for a direct connection.
 */
export function proxyFor(url: URL, environment: Environment): string | undefined {
  const value = (name: string) => environment[name] || environment[name.toLowerCase()] || '';
  const proxy = value(url.protocol === 'https:' ? 'HTTPS_PROXY' : 'HTTP_PROXY').trim();
  const host = url.hostname
    .replace(/^\[|\]$/g, '')
    .replace(/\.$/, '')
    .toLowerCase();
  if (proxy === '' || isLoopback(host)) return undefined;
  const port = url.port || (url.protocol === 'https:' ? '443' : '80');
  const without = value('NO_PROXY')
    .split(',')
    .map((entry) => entry.trim().toLowerCase());
  if (without.some((entry) => entry !== '' && names(entry, host, port))) return undefined;
  return /^[a-z0-9+.-]+:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || (isIP(host) === 4 && host.startsWith('127.'));
}

function names(entry: string, host: string, port: string): boolean {
  if (entry === '*') return true;
  if (/^[^/]+\/\d+$/.test(entry)) return isInside(host, entry);
  const [, name = '', only] = /^(\[[^\]]*\]|[^:]*|[^[].*:.*:.*?)(?::(\d+))?$/.exec(entry) ?? [];
  if (only !== undefined && only !== port) return false;
  const bare = name.replace(/^\[|\]$/g, '').replace(/^\*(?=\.)/, '');
  if (isIP(bare) !== 0 || isIP(host) !== 0) return bare === host;
  return bare.startsWith('.') ? host.endsWith(bare) : host === bare || host.endsWith(`.${bare}`);
}

function isInside(host: string, network: string): boolean {
  const [address = '', length] = network.split('/');
  const kind = isIP(host);
  if (kind === 0 || kind !== isIP(address) || Number(length) > (kind === 4 ? 32 : 128)) return false;
  const family = kind === 4 ? 'ipv4' : 'ipv6';
  const list = new BlockList();
  list.addSubnet(address, Number(length), family);
  return list.check(host, family);
}
