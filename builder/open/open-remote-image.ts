import { Readable } from 'node:stream';
import type { RegistryClient } from '../registry/client.js';
import type { RemoteImage } from '../registry/pull/pull-image.js';
import type { Descriptor } from '../registry/descriptor.js';
import { type Reference, parseReference } from '../registry/reference.js';
import { indexSchema } from '../image/oci-documents.js';
import type { PackedImage } from '../image/image.js';
import { parseDocument, sourceImage } from '../image/source-image.js';
import type { Store } from '../store/store.js';
import { type OpenContext, type OpenedImage, platformOf } from './image.js';
import { withKnownTars } from './stored-image.js';
import { openRegistry } from './registry-access.js';

/** Opens an image in a registry: reads manifest and configuration at once, layers on demand, and stores them. */
export async function openRemoteImage(text: string, context: OpenContext): Promise<OpenedImage> {
  const { store, platform } = context;
  const reference = parseReference(text);
  const { client, readManifest } = await openRegistry(context);
  const [os = '', architecture = '', variant] = platform.split('/');
  const wanted = { os, architecture, ...(variant === undefined ? {} : { variant }) };
  const remote = await readManifest(client, reference, { platform: wanted });
  const source = remoteImage(remote, (layer) => ({
    name: `${layer.digest} of ${text}`,
    hint: 'try again; if it fails again, the registry has another blob under this digest',
    open: () => {
      const { mediaType, digest, size } = layer;
      const blob = { mediaType, digest, size };
      return Readable.from(kept(blob, { client, reference, store }), { objectMode: false });
    },
  }));
  return {
    ...withKnownTars(source, store),
    name: text,
    from: 'registry',
    index: indexFacts(remote),
  };
}

/** The documents of an image in a registry. */
export function remoteImage(
  { manifest, config }: RemoteImage,
  blob: Parameters<typeof sourceImage>[0]['blob'],
): PackedImage {
  const { digest, mediaType, bytes } = manifest;
  return sourceImage({
    names: [`the manifest ${digest}`, `the configuration ${config.descriptor.digest}`],
    digest,
    mediaType,
    manifestBytes: bytes,
    configBytes: config.bytes,
    blob,
  });
}

function indexFacts({ index }: RemoteImage): OpenedImage['index'] {
  if (index === undefined) return undefined;
  const { manifests } = parseDocument(`the index ${index.digest}`, index.bytes, indexSchema);
  // Attestations and the like have the platform "unknown".
  const platforms = manifests.flatMap(({ platform }) =>
    platform && platform.os !== 'unknown' ? [platformOf(platform)] : [],
  );
  return { digest: index.digest, platforms };
}

/** A blob of a registry, stored on the way. */
async function* kept(
  layer: Descriptor,
  { client, reference, store }: { client: RegistryClient; reference: Reference; store: Store },
): AsyncGenerator<Buffer> {
  if (!store.has(layer.digest)) {
    const { openBlob } = await import('../registry/pull/pull-image.js');
    const writer = store.writer();
    try {
      for await (const chunk of openBlob(client, reference, layer)) await writer.write(chunk as Buffer);
      await writer.finish();
    } catch (error) {
      await writer.abort();
      throw error;
    }
  }
  yield* store.open(layer.digest) as AsyncIterable<Buffer>;
}
