import { hash } from 'node:crypto';

/** `sha256:` and 64 hexadecimal digits (OCI image specification, descriptor.md, "Digests"). */
export type Digest = `sha256:${string}`;

/** The digest of some bytes, or of a text as UTF-8. */
export function digestOf(bytes: Uint8Array | string): Digest {
  return `sha256:${hash('sha256', bytes, 'hex')}`;
}
