/** `sha256:` and 64 hexadecimal digits (OCI image specification, descriptor.md, "Digests"). */
export type Digest = `sha256:${string}`;

/** What an image runs on (OCI image specification, image-index.md): `{ os: 'linux', architecture: 'arm64', variant: 'v8' }`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** Names some content: its type, digest and size in bytes (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A manifest or an index, and what it is written in. */
export interface ManifestContent extends Descriptor {
  readonly bytes: Buffer;
}

/** Whether a text is a digest that this client can verify. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
