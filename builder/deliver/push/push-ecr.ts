import { isDenied } from '../../aws/aws-error.js';
import { ecrRegistry } from '../../aws/ecr/ecr.js';
import type { EcrRegistry, EcrRepository } from '../../aws/ecr/ecr-registry.js';
import { type RepositorySettings, defaultRepositorySettings } from '../../aws/ecr/repository-settings.js';
import { BuilderError } from '../../errors.js';
import type { RegistryClient } from '../../registry/client.js';
import { resolve } from '../../registry/pull/pull-image.js';
import type { Reference } from '../../registry/reference.js';
import { RegistryError } from '../../registry/registry-error.js';
import type { Environment } from '../../environment.js';

/** A repository, and the image's tags in it. */
export interface PushTarget {
  /** Without tag and digest. */
  readonly reference: Reference;
  readonly tags: readonly string[];
}

interface EcrPushOptions {
  readonly environment: Environment;
  readonly signal: AbortSignal;
  readonly createRepository: boolean;
  readonly settings?: RepositorySettings | undefined;
}

/** ECR accepts parts of 5 to 10 MB, and cuts connections if there are many. */
export const ecrLimits = { partSize: 8_000_000, concurrency: 4 } as const;

/** The IAM actions that a push needs. */
const pushActions =
  'ecr:GetAuthorizationToken, ecr:BatchCheckLayerAvailability, ecr:BatchGetImage, ecr:InitiateLayerUpload, ecr:UploadLayerPart, ecr:CompleteLayerUpload and ecr:PutImage';

/**
 * Ensures, before a push, that the repository exists in ECR: otherwise a missing one, or a missing permission, would show only
 * as a broken connection. Undefined for other registries.
 * @throws BuilderError if the repository is missing and must not be created
 */
export async function prepareEcr(
  { reference }: PushTarget,
  { environment, signal, createRepository, settings = defaultRepositorySettings }: EcrPushOptions,
): Promise<{ readonly registry: EcrRegistry; readonly repository: EcrRepository | undefined } | undefined> {
  const registry = ecrRegistry(reference.registry, environment);
  if (registry === undefined) return undefined;
  const { repository: name } = reference;
  try {
    const found = await registry.findRepository(name, { signal });
    if (found !== undefined) return { registry, repository: found };
  } catch (error) {
    // A user may be allowed to push but not to describe repositories; the push itself then reports any problem.
    if (isDenied(error) && !createRepository) return { registry, repository: undefined };
    throw error;
  }
  if (!createRepository)
    throw new BuilderError(`There is no repository ${reference.name}`, {
      code: 'failed',
      hint: 'Make it with --create-repository, or with aws ecr create-repository.',
    });
  await registry.createRepository(name, settings, { signal });
  return { registry, repository: await registry.findRepository(name, { signal }) };
}

/** @throws BuilderError if an immutable tag is on another image */
export async function refuseTagConflicts(
  { reference, tags }: PushTarget,
  { digest, repository, client }: { digest: string; repository: EcrRepository; client: RegistryClient },
): Promise<void> {
  for (const tag of tags.filter((one) => repository.isImmutable(one))) {
    const there = await resolve(client, { ...reference, tag }).catch(ignoreMissing);
    if (there !== undefined && there.digest !== digest)
      throw conflict({ name: reference.name, tag }, digest, there.digest);
  }
}

/** Explains ECR's refusals; returns other errors unchanged. */
export async function explainEcr(
  error: unknown,
  { target, digest, client }: { target: PushTarget; digest: string; client: RegistryClient },
): Promise<unknown> {
  if (!(error instanceof RegistryError)) return error;
  const { reference, tags } = target;
  if (error.registryCodes.includes('TAG_INVALID')) {
    for (const tag of tags) {
      const there = await resolve(client, { ...reference, tag }).catch(() => undefined);
      if (there !== undefined && there.digest !== digest)
        return conflict({ name: reference.name, tag }, digest, there.digest);
    }
  }
  if (error.status === 403 || error.registryCodes.includes('DENIED'))
    return new BuilderError(error.message, {
      code: 'failed',
      hint: `A push needs ${pushActions}.`,
      cause: error,
    });
  return error;
}

function conflict({ name, tag }: { name: string; tag: string }, ours: string, theirs: string): BuilderError {
  return new BuilderError(
    `${name}:${tag} names another image already, and the repository does not let tags move\nthere: ${theirs}\nhere:  ${ours}`,
    { code: 'failed', hint: 'Push it under another tag: --tag NAME:TAG.' },
  );
}

function ignoreMissing(error: unknown): undefined {
  if (error instanceof RegistryError && error.code === 'not-found') return undefined;
  throw error;
}
