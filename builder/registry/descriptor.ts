/** `sha256:` and 64 hexadecimal digits (OCI image specification, descriptor.md, "Digests"). */
export type Digest = `sha256:${string}`;

/** The platform of an image (OCI image specification, image-index.md): `{ os: 'linux', architecture: 'arm64', variant: 'v8' }`. */
export interface Platform {
  readonly os: string;
  readonly architecture: string;
  readonly variant?: string | undefined;
}

/** Type, digest and size in bytes of some content (OCI image specification, descriptor.md). */
export interface Descriptor {
  readonly mediaType: string;
  readonly digest: Digest;
  readonly size: number;
  readonly platform?: Platform | undefined;
  readonly annotations?: Readonly<Record<string, string>> | undefined;
}

/** A manifest or an index, with its bytes. */
export interface ManifestContent extends Descriptor {
  readonly bytes: Buffer;
}

/** Whether a text is a digest that this client can verify. */
export function isDigest(text: string): text is Digest {
  return /^sha256:[0-9a-f]{64}$/.test(text);
}
