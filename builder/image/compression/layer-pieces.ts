import type { Digest } from '../../store/digest.js';
import type { Entry } from '../../tar/entry.js';
import { fragmentDigest } from '../merge-entries.js';

/** Consecutive entries of a layer that are compressed together. */
export interface LayerPiece {
  readonly entries: readonly Entry[];
  /** Equal keys mean equal bytes. */
  readonly key: Digest;
}

const enough = 2 << 20;
const most = 8 << 20;
const headerSize = 512;

/**
 * Cuts the entries of a layer into pieces of a few megabytes. Each cut depends only on the entries near it, so that a change
 * affects only the pieces around it.
 */
export function* layerPieces(entries: readonly Entry[]): Generator<LayerPiece> {
  let from = 0;
  let size = 0;
  for (const [index, entry] of entries.entries()) {
    size += headerSize + (entry.content?.slice.size ?? 0);
    if (size < most && (size < enough || !isCut(entry))) continue;
    yield piece(entries.slice(from, index + 1));
    from = index + 1;
    size = 0;
  }
  if (from < entries.length) yield piece(entries.slice(from));
}

function piece(entries: readonly Entry[]): LayerPiece {
  return { entries, key: fragmentDigest(entries) };
}

/** About one path in sixteen. */
function isCut({ path }: Entry): boolean {
  let sum = 0;
  for (let at = Math.max(0, path.length - 16); at < path.length; at++)
    sum = (sum * 31 + path.charCodeAt(at)) & 0xffff;
  return sum % 16 === 0;
}
