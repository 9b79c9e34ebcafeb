import { hostname, userInfo } from 'node:os';
import type { PlatformOutcome } from '../../platform/driver.js';
import type { OpenedPlatform } from '../../run/open-platform.js';
import type { Environment } from '../../environment.js';
import type { Palette } from './palette.js';

/** How the platform is reached, also from elsewhere, and why the browser warns. */
export function formatReach(
  { address }: Pick<PlatformOutcome, 'address'>,
  { spec, authorityFile }: Pick<OpenedPlatform, 'spec' | 'authorityFile'>,
  { paint, environment }: { readonly paint: Palette; readonly environment: Environment },
): string {
  const { local } = spec;
  if (address === undefined || local === undefined) return '';
  const port = local.httpsPort;
  const isRemote = (environment['SSH_CONNECTION'] ?? '') !== '';
  const [, , server] = (environment['SSH_CONNECTION'] ?? '').split(' ');
  const tunnel = `ssh -N -L ${port}:${local.address}:${port} ${userInfo().username}@${server ?? hostname()}`;
  return [
    '',
    `The site:    ${paint('bold', address)}`,
    `             ${isRemote ? 'You came by ssh: on your own machine, run this, and open that address there.' : 'Open it, and finish the set-up there. From another machine, run this there first:'}`,
    `             ${tunnel}`,
    `Mails:       http://${local.address}:${local.mailPort}/, or: platen mail`,
    `Registry:    ${local.address}:${local.registryPort}, for: platen push IMAGE --registry …`,
    `Certificate: the browser warns, because it was signed by an authority of this machine alone. It is safe to go on; or`,
    `             have the browser trust ${authorityFile}`,
    '',
  ].join('\n');
}
