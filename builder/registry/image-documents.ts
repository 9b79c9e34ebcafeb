import { z } from 'zod';
import { type Descriptor, type Digest, type ManifestContent, type Platform, isDigest } from './descriptor.js';
import { RegistryError } from './registry-error.js';

const digest = z.custom<Digest>(
  (value) => typeof value === 'string' && isDigest(value),
  'must be sha256: and 64 hexadecimal digits',
);

const platform = z.object({ os: z.string(), architecture: z.string(), variant: z.string().optional() });

const descriptor = z.object({
  mediaType: z.string(),
  digest,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).optional().catch(undefined),
  platform: platform.optional().catch(undefined),
});

const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor) });
const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  config: descriptor,
  layers: z.array(descriptor),
});
const configSchema = platform.partial();

/** A platform that may be incomplete. */
export type SomePlatform = { readonly [Key in keyof Platform]?: Platform[Key] | undefined };

/** The images of an index (OCI image specification, image-index.md). */
export function readIndex(content: ManifestContent): Descriptor[] {
  return parse(indexSchema, content.bytes, `index ${content.digest}`).manifests;
}

/** Configuration and layers of an image (OCI image specification, manifest.md). */
export function readImageManifest(content: ManifestContent): { config: Descriptor; layers: Descriptor[] } {
  return parse(manifestSchema, content.bytes, `manifest ${content.digest}`);
}

/** The platform in an image's configuration (OCI image specification, config.md). */
export function readPlatform(config: Descriptor, bytes: Buffer): SomePlatform {
  return parse(configSchema, bytes, `configuration ${config.digest}`);
}

function parse<Output>(schema: z.ZodType<Output>, bytes: Buffer, what: string): Output {
  let value: unknown;
  try {
    value = JSON.parse(bytes.toString());
  } catch (cause) {
    throw new RegistryError(`The ${what} is not JSON`, { code: 'invalid', cause });
  }
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const [issue] = error.issues;
  throw new RegistryError(`The ${what} is not valid: ${issue?.path.join('.')}: ${issue?.message}`, {
    code: 'invalid',
  });
}
