const manifestTypes = [
  'application/vnd.oci.image.manifest.v1+json',
  'application/vnd.docker.distribution.manifest.v2+json',
] as const;

const indexTypes = [
  'application/vnd.oci.image.index.v1+json',
  'application/vnd.docker.distribution.manifest.list.v2+json',
] as const;

/** What a registry may send for a manifest. */
export const acceptedManifests = [...manifestTypes, ...indexTypes].join(', ');

/** Whether it is an index (a manifest list, as Docker says). */
export function isIndexType(mediaType: string): boolean {
  return (indexTypes as readonly string[]).includes(mediaType);
}

/** Whether it is the manifest of one image. */
export function isManifestType(mediaType: string): boolean {
  return (manifestTypes as readonly string[]).includes(mediaType);
}
