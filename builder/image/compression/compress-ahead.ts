import type { Digest } from '../../store/digest.js';
import type { Store } from '../../store/store.js';
import type { Entry } from '../../tar/entry.js';
import { gzipMember, memberChunks } from './gzip-members.js';
import { type LayerPiece, layerPieces } from './layer-pieces.js';
import { entryChunks } from '../tar-chunks.js';

/** More than this is not kept in memory, in bytes. */
const mostKept = 256 << 20;

/** What grew by more than this since the last look, in bytes, is still being written: most of its pieces will change. */
const growing = 16 << 20;
const looksTheSame = 2;
/** So many looks must have found a piece the same while its layer is growing. */
const looksWhileGrowing = 4;

/**
 * Compresses pieces of a layer that is not finished yet, while a command still runs and other cores have nothing to do:
 * those that several looks found the same. One at a time, so that the command is not held up.
 */
export class CompressAhead {
  readonly #store: Store;
  readonly #level: number;
  readonly #done = new Map<Digest, Buffer[]>();
  /** How many looks in a row found each piece. */
  #seen = new Map<Digest, number>();
  #size = 0;
  #kept = 0;
  #looks = 0;

  constructor(store: Store, level: number) {
    this.#store = store;
    this.#level = level;
  }

  /** Takes the layer's entries as far as they are known; a later look ends the work of this one. */
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

  /** Ends the work of the last look; what was finished stays. */
  stop(): void {
    this.#looks += 1;
  }

  /** The gzip members of a piece; undefined where it was not compressed. */
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
