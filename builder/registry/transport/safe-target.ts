import { lookup } from 'node:dns/promises';
import { isLoopbackHost, kindOfAddress } from './private-address.js';
import { redactUrl } from './redact-url.js';
import { RegistryError } from '../registry-error.js';

/**
 * Keeps a registry from sending this client to addresses that only its own machine or network can reach: another host (of an
 * upload, a redirect or a token service) must speak HTTPS and have no private address, unless the registry itself is used by
 * HTTP, or is in the same kind of private network.
 * @param registry where the registry is: `https://registry.example`
 * @throws RegistryError
 */
export async function checkTarget(registry: URL, target: URL): Promise<void> {
  const refuse = (why: string): never => {
    throw new RegistryError(`${registry.host} redirects to ${redactUrl(target)}: refused, because ${why}`, {
      code: 'failed',
      hint: 'find out why the registry gives this address; its own settings hold its public URL',
    });
  };
  const https = target.protocol === 'https:';
  if (!https && target.protocol !== 'http:') refuse(`${target.protocol} is not HTTPS`);
  if (!https && registry.protocol === 'https:') refuse('it would leave HTTPS');
  if (target.hostname === registry.hostname) return;
  const kinds = await kindsOf(target);
  if (kinds.has('own')) refuse('it is an address of this machine or its link');
  if (kinds.has('private') && !(await kindsOf(registry, true)).has('private'))
    refuse('it is a private address');
}

/** With HTTPS, the certificate proves the host's name, so only literal addresses are checked, unless `always`. */
async function kindsOf({ protocol, hostname }: URL, always = false): Promise<Set<string>> {
  const kind = isLoopbackHost(hostname) ? 'own' : kindOfAddress(hostname);
  if (kind !== undefined) return new Set([kind]);
  if (protocol === 'https:' && !always) return new Set();
  const addresses = await lookup(hostname, { all: true }).catch(() => []);
  return new Set(addresses.map(({ address }) => kindOfAddress(address) ?? 'public'));
}
