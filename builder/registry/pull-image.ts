import type { Readable } from 'node:stream';
import type { BlobSink } from './blob-sink.js';
import type { RegistryClient } from './client.js';
import type { Descriptor, Digest, ManifestContent, Platform } from './descriptor.js';
import type { Reference } from './reference.js';

export interface PullProgress {
  readonly digest: Digest;
  readonly size: number;
  readonly done: number;
  readonly state: 'downloading' | 'downloaded' | 'existing';
}

/** One image as its registry describes it. */
export interface RemoteImage {
  /** Where the reference names an index. */
  readonly index?: ManifestContent | undefined;
  readonly manifest: ManifestContent;
  readonly config: { readonly descriptor: Descriptor; readonly bytes: Buffer };
  /** From the lowest. */
  readonly layers: readonly Descriptor[];
}

export interface PullOptions {
  /** Chooses from an index; an image for another platform is refused. */
  readonly platform?: Platform | undefined;
  readonly sink: BlobSink;
  readonly concurrency?: number | undefined;
  readonly onProgress?: ((event: PullProgress) => void) | undefined;
}

/** What a tag or digest names now. @throws RegistryError `not-found` */
export function resolve(_client: RegistryClient, _reference: Reference): Promise<Descriptor> {
  throw new Error('not yet');
}

/** Manifest and configuration, without the layers. @throws RegistryError `not-found` */
export function readManifest(
  _client: RegistryClient,
  _reference: Reference,
  _options: { readonly platform?: Platform | undefined } = {},
): Promise<RemoteImage> {
  throw new Error('not yet');
}

/** Pulls an image's blobs into a sink, configuration included; each is verified while it streams. */
export function pullImage(
  _client: RegistryClient,
  _reference: Reference,
  _options: PullOptions,
): Promise<RemoteImage> {
  throw new Error('not yet');
}

/** A blob's bytes; the stream ends without an error only when they are the right ones. */
export function openBlob(_client: RegistryClient, _reference: Reference, _blob: Descriptor): Readable {
  throw new Error('not yet');
}
