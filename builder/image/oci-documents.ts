import { z } from 'zod';
import { digestSchema } from '../store/record-kind.js';

/** Limit of a document, bytes. */
export const maxDocument = 4 << 20;

const platform = z.object({
  os: z.string(),
  architecture: z.string(),
  variant: z.string().optional(),
});

const descriptor = z.object({
  mediaType: z.string(),
  digest: digestSchema,
  size: z.number().int().nonnegative(),
  annotations: z.record(z.string(), z.string()).nullish(),
  platform: platform.nullish().catch(undefined),
});

/** Names a blob (OCI image specification, descriptor.md). */
export type Descriptor = z.output<typeof descriptor>;

/** OCI image specification, image-index.md; Docker's manifest list has the same fields. */
export const indexSchema = z.object({ schemaVersion: z.literal(2), manifests: z.array(descriptor) });

/** OCI image specification, manifest.md; Docker's manifest of schema 2 has the same fields. */
export const manifestSchema = z.object({
  schemaVersion: z.literal(2),
  mediaType: z.string().default('application/vnd.oci.image.manifest.v1+json'),
  config: descriptor,
  layers: z.array(descriptor),
});

const strings = z.array(z.string()).nullish();
const empties = z.record(z.string(), z.unknown()).nullish();

/** OCI image specification, config.md; unknown fields are kept. */
export const configSchema = z.looseObject({
  architecture: z.string(),
  os: z.string(),
  variant: z.string().optional(),
  created: z.string().nullish(),
  config: z
    .looseObject({
      User: z.string().nullish(),
      ExposedPorts: empties,
      Env: strings,
      Entrypoint: strings,
      Cmd: strings,
      Volumes: empties,
      WorkingDir: z.string().nullish(),
      Labels: z.record(z.string(), z.string()).nullish(),
      StopSignal: z.string().nullish(),
    })
    .nullish(),
  rootfs: z.object({ type: z.literal('layers'), diff_ids: z.array(digestSchema) }),
  history: z
    .array(
      z.looseObject({
        created_by: z.string().nullish(),
        comment: z.string().nullish(),
        empty_layer: z.boolean().nullish(),
      }),
    )
    .nullish()
    .catch(undefined),
});

/** The configuration of an image and its containers. */
export type OciConfig = z.output<typeof configSchema>;

const layerTypes: Readonly<Record<string, 'plain' | 'gzip' | 'zstd'>> = {
  'application/vnd.oci.image.layer.v1.tar': 'plain',
  'application/vnd.oci.image.layer.v1.tar+gzip': 'gzip',
  'application/vnd.oci.image.layer.v1.tar+zstd': 'zstd',
  'application/vnd.oci.image.layer.nondistributable.v1.tar': 'plain',
  'application/vnd.oci.image.layer.nondistributable.v1.tar+gzip': 'gzip',
  'application/vnd.docker.image.rootfs.diff.tar': 'plain',
  'application/vnd.docker.image.rootfs.diff.tar.gzip': 'gzip',
  'application/vnd.docker.image.rootfs.diff.tar.zstd': 'zstd',
};

const documentTypes: Readonly<Record<string, 'index' | 'manifest'>> = {
  'application/vnd.oci.image.index.v1+json': 'index',
  'application/vnd.docker.distribution.manifest.list.v2+json': 'index',
  'application/vnd.oci.image.manifest.v1+json': 'manifest',
  'application/vnd.docker.distribution.manifest.v2+json': 'manifest',
};

/** The compression of a layer with this media type; undefined if it can't be read as a layer. */
export function layerCompression(mediaType: string): 'plain' | 'gzip' | 'zstd' | undefined {
  return Object.hasOwn(layerTypes, mediaType) ? layerTypes[mediaType] : undefined;
}

/** The kind of document with this media type; undefined for others. */
export function documentKind(mediaType: string): 'index' | 'manifest' | undefined {
  return Object.hasOwn(documentTypes, mediaType) ? documentTypes[mediaType] : undefined;
}
