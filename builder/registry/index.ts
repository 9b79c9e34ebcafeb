export type { RegistryLimits } from './transport/client-context.js';
export type { BlobSink, BlobSinkWriter } from './pull/blob-sink.js';
export { type RegistryClient, type RegistryClientOptions, registryClient } from './client.js';
export { type CredentialSource, type Credentials, anonymous, firstOf } from './credentials/credentials.js';
export { type Descriptor, type Digest, type ManifestContent, type Platform, isDigest } from './descriptor.js';
export { type DockerConfigOptions, dockerConfigCredentials } from './credentials/docker-config.js';
export type { ImageSource } from './push/image-source.js';
export { isIndexType, isManifestType } from './media-types.js';
export {
  type PullOptions,
  type PullProgress,
  type RemoteImage,
  openBlob,
  pullImage,
  pullImage as pull,
  readManifest,
  resolve,
} from './pull/pull-image.js';
export {
  type BlobProgress,
  type PushOptions,
  type PushResult,
  pushImage,
  pushImage as push,
} from './push/push-image.js';
export { type Reference, formatReference, parseReference } from './reference.js';
export { RegistryError } from './registry-error.js';
