const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;

/** Media types to accept for a manifest. */
export const acceptedManifests = [...manifestTypes, ...indexTypes].join(', ');

/** Whether the type is an index (in Docker's words, a manifest list). */
export function isIndexType(mediaType: string): boolean {
  return (indexTypes as readonly string[]).includes(mediaType);
}

/** Whether the type is the manifest of a single image. */
export function isManifestType(mediaType: string): boolean {
  return (manifestTypes as readonly string[]).includes(mediaType);
}
