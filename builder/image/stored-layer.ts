import { z } from 'zod';
import type { Digest } from '../store/digest.js';
import { digestSchema } from '../store/record-kind.js';
import type { Store } from '../store/store.js';
import type { StoredLayer } from './layer.js';
import { mediaTypes } from './media-types.js';

/** The record of a layer whose tar and blob are in the store. */
export interface LayerRecord {
  /** Of the tar. */
  readonly diffId: Digest;
  /** Of the tar, bytes. */
  readonly size: number;
  /** Of the blob, which is gzip unless `mediaType` says otherwise. */
  readonly digest: Digest;
  readonly compressedSize: number;
  readonly mediaType?: string | undefined;
}

export const layerSchema: z.ZodType<LayerRecord> = z.object({
  diffId: digestSchema,
  size: z.number(),
  digest: digestSchema,
  compressedSize: z.number(),
  mediaType: z.string().optional(),
});

/** A stored layer from its record. */
export function storedLayer(
  { diffId, size, digest, compressedSize, mediaType = mediaTypes.layer }: LayerRecord,
  store: Store,
): StoredLayer {
  const place = `${digest} of the cache`;
  const blob = { mediaType, digest, size: compressedSize, place, open: () => store.open(digest) };
  return { diffId, size, blob, open: () => store.open(diffId) };
}

/** A layer's tar in the store. @throws BuilderError `not-found` */
export function storedTar(diffId: Digest, store: Store): Pick<StoredLayer, 'diffId' | 'size' | 'open'> {
  return { diffId, size: store.size(diffId), open: () => store.open(diffId) };
}

/** The record of a stored layer. */
export function layerRecord({ diffId, size, blob }: StoredLayer): LayerRecord {
  const record = { diffId, size, digest: blob.digest, compressedSize: blob.size };
  return blob.mediaType === mediaTypes.layer ? record : { ...record, mediaType: blob.mediaType };
}

/** Whether tar and blob of a layer are in the store with the right sizes. */
export function isWhole({ diffId, size, digest, compressedSize }: LayerRecord, store: Store): boolean {
  const has = (blob: Digest, bytes: number) => store.has(blob) && store.size(blob) === bytes;
  return has(diffId, size) && has(digest, compressedSize);
}
