import type { Descriptor } from '../descriptor.js';
import { RegistryError } from '../registry-error.js';
import { type Repository, shortDigest } from '../repository.js';

interface CheckOptions {
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Whether the repository has a blob of this size (distribution specification, "Checking if content exists"). */
export async function hasBlob(
  repository: Repository,
  blob: Descriptor,
  options: CheckOptions,
): Promise<boolean> {
  const { status, headers } = await repository.send({
    method: 'HEAD',
    to: `blobs/${blob.digest}`,
    accept: [200, 404],
    ...options,
  });
  const size = headers['content-length'];
  // Some registries send no length, or 0, the length of their answer to HEAD.
  return status === 200 && (typeof size !== 'string' || size === '0' || Number(size) === blob.size);
}

/** @throws RegistryError, temporary, if the registry lacks a blob that it just accepted */
export async function confirmBlob(
  repository: Repository,
  blob: Descriptor,
  options: CheckOptions,
): Promise<void> {
  if (await hasBlob(repository, blob, options)) return;
  throw new RegistryError(
    `${repository.registry} accepted ${shortDigest(blob.digest)}, but does not have it`,
    { code: 'failed', temporary: true, hint: 'the registry lost it: check its log and its storage' },
  );
}
