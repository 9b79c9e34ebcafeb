import { createHash } from 'node:crypto';
import type { Readable } from 'node:stream';
import { confirmBlob, hasBlob } from './blob-check.js';
import type { Descriptor } from '../descriptor.js';
import { RegistryError } from '../registry-error.js';
import type { Repository, RepositoryRequest } from '../repository.js';
import { type Pace, withRetries } from '../transport/retry.js';
import type { Answer } from '../transport/request.js';
import { UploadBody } from './upload-body.js';

export interface Upload {
  readonly repository: Repository;
  readonly blob: Descriptor;
  open(blob: Descriptor): Readable;
  readonly pace: Pace;
  /** Milliseconds that the registry may take to commit an upload. */
  readonly commitMs: number;
  /** Other repositories of the same registry. */
  readonly mountFrom: readonly string[];
  readonly partSize: number | undefined;
  /** Called with the number of bytes sent in this try. */
  onSent(bytes: number): void;
}

/** Each further attempt to mount would cost a round trip without a gain. */
const mostMounts = 3;

/**
 * Uploads a blob that the repository lacks (distribution specification, "Pushing blobs"): mounts it from another repository,
 * or else sends it in one PUT, or in several PATCHes with a `partSize`. Each try opens a new upload session, as registries
 * disagree on what becomes of a broken one.
 */
export async function uploadBlob(upload: Upload): Promise<'mounted' | 'uploaded'> {
  const { repository, blob, pace } = upload;
  const check = { once: true, signal: pace.signal };
  return withRetries(pace, async (count) => {
    // The earlier try may have succeeded and only its answer been lost.
    if (count > 1 && (await hasBlob(repository, blob, check))) return 'uploaded';
    const begun = await begin(upload, count === 1 ? upload.mountFrom.slice(0, mostMounts) : []);
    if (begun === 'mounted') {
      await confirmBlob(repository, blob, check);
      return 'mounted';
    }
    await send(upload, begun);
    await confirmBlob(repository, blob, check);
    return 'uploaded';
  });
}

/** Opens an upload session; returns `mounted` if the registry granted a mount instead. */
async function begin(upload: Upload, from: readonly string[]): Promise<'mounted' | Answer> {
  const [first, ...others] = from;
  const { repository, blob, pace } = upload;
  const query =
    first === undefined ? '' : `?${new URLSearchParams({ mount: blob.digest, from: first }).toString()}`;
  const request: RepositoryRequest = {
    method: 'POST',
    to: `blobs/uploads/${query}`,
    accept: [201, 202],
    once: true,
    signal: pace.signal,
    headers: { 'content-length': '0' },
  };
  const answer = await repository.send(request).catch((error: unknown) => {
    // Some registries answer a mount with an error; an upload may still work.
    if (first !== undefined && error instanceof RegistryError && error.status !== undefined) return undefined;
    throw error;
  });
  if (answer?.status === 201 && first !== undefined) return 'mounted';
  if (answer?.status === 202 && others.length === 0) return answer;
  if (first !== undefined) return begin(upload, others);
  throw new RegistryError(`${repository.registry} answered 201 when an upload should begin`, {
    code: 'failed',
  });
}

async function send(upload: Upload, begun: Answer): Promise<void> {
  const { blob, open, partSize = Infinity, onSent } = upload;
  using body = new UploadBody(blob, open(blob), onSent);
  try {
    await (blob.size > 0 && Number.isFinite(partSize)
      ? sendParts(upload, begun, body)
      : sendWhole(upload, begun, body));
  } catch (error) {
    if (!(error instanceof RegistryError) || !error.registryCodes.includes('DIGEST_INVALID')) throw error;
    throw await whoseFault(upload, error);
  }
}

async function sendWhole(upload: Upload, begun: Answer, body: UploadBody): Promise<void> {
  const { size } = upload.blob;
  await upload.repository.send({
    method: 'PUT',
    to: withDigest(upload, locationOf(begun)),
    accept: [201, 204],
    headers: { 'content-type': 'application/octet-stream' },
    body: { size, open: () => body.part(size) },
    once: true,
    signal: upload.pace.signal,
    answerMs: upload.commitMs,
  });
}

/** Sends a blob in parts (distribution specification, "Pushing a blob in chunks"); ECR answers 201 to each. */
async function sendParts(upload: Upload, begun: Answer, body: UploadBody): Promise<void> {
  const { blob, repository, pace, commitMs, partSize = blob.size } = upload;
  const size = Math.max(partSize, Number(begun.headers['oci-chunk-min-length'] ?? 0) || 0);
  const common = { once: true, signal: pace.signal, answerMs: commitMs };
  let at = begun;
  for (let begin = 0; begin < blob.size; begin += size) {
    const end = Math.min(begin + size, blob.size);
    at = await repository.send({
      method: 'PATCH',
      to: locationOf(at),
      accept: [201, 202, 204],
      headers: { 'content-type': 'application/octet-stream', 'content-range': `${begin}-${end - 1}` },
      body: { size: end - begin, open: () => body.part(end - begin) },
      ...common,
    });
    checkRange(at, end, repository);
  }
  const headers = { 'content-length': '0', 'content-type': 'application/octet-stream' };
  const to = withDigest(upload, locationOf(at));
  await repository.send({ method: 'PUT', to, accept: [201, 204], headers, ...common });
}

/** Compares `Range: 0-1023`, the bytes that the registry has, with the bytes sent. */
function checkRange({ headers: { range } }: Answer, end: number, { registry }: Repository): void {
  const last = typeof range === 'string' ? /^(?:bytes=)?0-([0-9]+)$/.exec(range)?.[1] : undefined;
  if (last !== undefined && Number(last) !== end - 1)
    throw new RegistryError(
      `${registry} kept ${Number(last) + 1} bytes of an upload where ${end} were sent`,
      {
        code: 'failed',
        temporary: true,
      },
    );
}

function locationOf({ headers: { location }, url }: Answer): URL {
  if (typeof location === 'string' && URL.canParse(location, url.href)) return new URL(location, url);
  throw new RegistryError(`${url.host} does not say where to continue an upload`, {
    code: 'failed',
    temporary: true,
  });
}

function withDigest({ blob }: Upload, location: URL): URL {
  const url = new URL(location);
  url.searchParams.set('digest', blob.digest);
  return url;
}

/** After a digest mismatch: finds out whether the bytes were wrong here or changed on their way. */
async function whoseFault({ blob, open }: Upload, error: RegistryError): Promise<RegistryError> {
  const hash = createHash('sha256');
  for await (const chunk of open(blob) as AsyncIterable<Buffer>) hash.update(chunk);
  const found = `sha256:${hash.digest('hex')}`;
  if (found === blob.digest)
    return error.with(`${error.message}: the bytes changed on their way`, { temporary: true });
  return new RegistryError(`${blob.digest} is damaged on this machine: its bytes have the digest ${found}`, {
    code: 'invalid',
    cause: error,
    hint: 'build or pull the image again',
  });
}
