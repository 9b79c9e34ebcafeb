import { createHash } from 'node:crypto';
import { type Descriptor, type Digest, type ManifestContent, isDigest } from './descriptor.js';
import { acceptedManifests, isIndexType, isManifestType } from './media-types.js';
import { RegistryError } from './registry-error.js';
import type { Repository } from './repository.js';
import type { Answer } from './transport/request.js';

interface ManifestOptions {
  /** Try once only. */
  readonly once?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * The descriptor of a tag or digest, by HEAD; undefined if there is none. If the answer lacks a digest, the manifest itself is
 * read.
 */
export async function headManifest(
  repository: Repository,
  name: string,
  options: ManifestOptions = {},
): Promise<Descriptor | undefined> {
  const answer = await repository.send({
    method: 'HEAD',
    to: `manifests/${name}`,
    headers: { accept: acceptedManifests },
    accept: [200, 404, 405],
    ...options,
  });
  if (answer.status === 404) return undefined;
  const digest = digestHeader(answer);
  const size = Number(answer.headers['content-length'] ?? 0);
  const mediaType = mediaTypeOf(answer);
  if (answer.status === 200 && digest !== undefined && size > 0 && mediaType !== '') {
    if (isDigest(name) && digest !== name) throw otherDigest(repository, name, digest);
    return { mediaType, digest, size };
  }
  return getManifest(repository, name, options);
}

/** A manifest or index, verified; undefined if there is none. */
export async function getManifest(
  repository: Repository,
  name: string,
  options: ManifestOptions = {},
): Promise<ManifestContent | undefined> {
  const answer = await repository.send({
    method: 'GET',
    to: `manifests/${name}`,
    headers: { accept: acceptedManifests },
    accept: [200, 404],
    ...options,
  });
  if (answer.status === 404) return undefined;
  const { bytes } = answer;
  const digest: Digest = `sha256:${createHash('sha256').update(bytes).digest('hex')}`;
  const promised = isDigest(name) ? name : digestHeader(answer);
  if (promised !== undefined && promised !== digest) throw otherDigest(repository, promised, digest);
  const mediaType = mediaTypeOf(answer) || (mediaTypeWithin(bytes) ?? '');
  if (!isIndexType(mediaType) && !isManifestType(mediaType))
    throw new RegistryError(
      `${repository.name} has no image at ${name}, but ${JSON.stringify(mediaType.slice(0, 100))}`,
      { code: 'failed', hint: 'images of schema 1 and other artifacts are not supported' },
    );
  return { mediaType, digest, size: bytes.length, bytes };
}

/** Uploads a manifest under a tag or its digest. */
export async function putManifest(
  repository: Repository,
  name: string,
  { mediaType, bytes, ...options }: ManifestContent & ManifestOptions & { readonly answerMs: number },
): Promise<void> {
  await repository.send({
    method: 'PUT',
    to: `manifests/${name}`,
    accept: [201, 200, 202],
    headers: { 'content-type': mediaType },
    body: bytes,
    signal: options.signal,
    once: options.once,
    answerMs: options.answerMs,
  });
}

function digestHeader({ headers }: Answer): Digest | undefined {
  const value = headers['docker-content-digest'];
  return typeof value === 'string' && isDigest(value) ? value : undefined;
}

function mediaTypeOf({ headers }: Answer): string {
  const type =
    String(headers['content-type'] ?? '')
      .split(';')[0]
      ?.trim() ?? '';
  return isIndexType(type) || isManifestType(type) || type.startsWith('application/vnd.') ? type : '';
}

/** The media type in the document itself: some registries label everything as JSON. */
function mediaTypeWithin(bytes: Buffer): string | undefined {
  try {
    const { mediaType } = JSON.parse(bytes.toString()) as { mediaType?: unknown };
    return typeof mediaType === 'string' ? mediaType : undefined;
  } catch {
    return undefined;
  }
}

function otherDigest({ registry, name }: Repository, wanted: string, found: string): RegistryError {
  return new RegistryError(`${registry} sent the manifest ${found} instead of ${wanted} of ${name}`, {
    code: 'failed',
    hint: 'the registry, or a proxy in front of it, changes what it sends',
  });
}
