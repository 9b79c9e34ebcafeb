import type { RegistryClient } from '../registry/client.js';
import type * as pulling from '../registry/pull/pull-image.js';
import type { BuildContext } from '../context.js';

type Pulling = typeof pulling;

/** A client for registries, and functions to read from them; loaded only when needed. */
export interface RegistryAccess {
  readonly client: RegistryClient;
  readonly pullImage: Pulling['pullImage'];
  readonly readManifest: Pulling['readManifest'];
  readonly resolve: Pulling['resolve'];
}

/** Opens registries with the credentials of this machine. Closing before the process ends is optional: it only closes connections. */
export async function openRegistry({
  environment,
  signal,
}: Pick<BuildContext, 'environment' | 'signal'>): Promise<RegistryAccess> {
  const [{ registryClient }, { pullImage, readManifest, resolve }, { registryCredentials }] =
    await Promise.all([
      import('../registry/client.js'),
      import('../registry/pull/pull-image.js'),
      import('./registry-credentials.js'),
    ]);
  const credentials = registryCredentials(environment, signal);
  return { client: registryClient({ credentials, environment, signal }), pullImage, readManifest, resolve };
}
