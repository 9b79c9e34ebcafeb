import type { Digest } from '../../store/digest.js';
import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';
import { gzipMember, memberChunks } from './gzip-members.js';
import { type LayerPiece, layerPieces } from './layer-pieces.js';
import { entryChunks } from '../tar-chunks.js';

/** Limit of compressed pieces in memory, bytes. */
const mostKept = 256 << 20;

/** A layer that grew by more bytes since the last look is still being written, so most of its pieces will change. */
const growing = 16 << 20;
const looksTheSame = 2;
/** While a layer grows, a piece must be the same in so many looks. */
const looksWhileGrowing = 4;

/**
 * Compresses pieces of an unfinished layer on idle cores while a command runs: those that did not change for several looks.
 * One at a time, so as not to slow the command down.
 */
export class CompressAhead {
  readonly #store: Store;
  readonly #level: number;
  readonly #done = new Map<Digest, Buffer[]>();
  /** Number of consecutive looks with each piece. */
  #seen = new Map<Digest, number>();
  #size = 0;
  #kept = 0;
  #looks = 0;

  constructor(store: Store, level: number) {
    this.#store = store;
    this.#level = level;
  }

  /** Looks at the layer's current entries; a later look aborts this one. */
  async look(entries: readonly Entry[]): Promise<void> {
    const turn = ++this.#looks;
    const pieces = [...layerPieces(entries)];
    const before = this.#seen;
    this.#seen = new Map(pieces.map(({ key }) => [key, (before.get(key) ?? 0) + 1]));
    const size = sizeOf(entries);
    const enough = size - this.#size > growing ? looksWhileGrowing : looksTheSame;
    this.#size = size;
    for (const piece of pieces) {
      if ((this.#seen.get(piece.key) ?? 0) < enough || this.#done.has(piece.key)) continue;
      await this.#compress(piece);
      if (turn !== this.#looks || this.#kept > mostKept) return;
    }
  }

  /** Aborts the last look; keeps finished pieces. */
  stop(): void {
    this.#looks += 1;
  }

  /** The gzip members of a piece; undefined if it was not compressed. */
  find(key: Digest): readonly Buffer[] | undefined {
    return this.#done.get(key);
  }

  async #compress({ key, entries }: LayerPiece): Promise<void> {
    const members: Buffer[] = [];
    for (const chunk of memberChunks(entryChunks(entries, this.#store))) {
      const member = await gzipMember(chunk, this.#level);
      members.push(member);
      this.#kept += member.length;
    }
    this.#done.set(key, members);
  }
}

function sizeOf(entries: readonly Entry[]): number {
  return entries.reduce((sum, { content }) => sum + (content?.slice.size ?? 0), 0);
}
