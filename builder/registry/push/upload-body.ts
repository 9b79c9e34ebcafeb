import type { Readable } from 'node:stream';
import type { Descriptor } from '../descriptor.js';
import { RegistryError } from '../registry-error.js';
import { shortDigest } from '../repository.js';

/**
 * A blob's bytes for one upload, in one part or several. Disposing of it closes the source.
 * @throws RegistryError if the source fails, or has more or fewer bytes than the descriptor says
 */
export class UploadBody implements Disposable {
  readonly #blob: Descriptor;
  readonly #stream: Readable;
  readonly #chunks: AsyncIterator<Buffer>;
  readonly #onSent: (bytes: number) => void;
  #rest: Buffer | undefined;
  #sent = 0;

  constructor(blob: Descriptor, stream: Readable, onSent: (bytes: number) => void) {
    this.#blob = blob;
    this.#stream = stream;
    this.#chunks = stream[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
    this.#onSent = onSent;
  }

  /** The next `size` bytes. */
  async *part(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0;) {
      const chunk = await this.#next();
      const piece = chunk.subarray(0, left);
      this.#rest = piece.length < chunk.length ? chunk.subarray(left) : undefined;
      left -= piece.length;
      yield piece;
      this.#sent += piece.length;
      this.#onSent(this.#sent);
    }
    if (this.#sent === this.#blob.size && (this.#rest !== undefined || !(await this.#ended())))
      throw this.#damaged('more');
  }

  [Symbol.dispose](): void {
    this.#stream.on('error', () => undefined).destroy();
  }

  async #next(): Promise<Buffer> {
    for (;;) {
      const chunk = this.#rest ?? (await this.#read());
      if (chunk === undefined) throw this.#damaged('fewer');
      if (chunk.length > 0) return chunk;
    }
  }

  async #ended(): Promise<boolean> {
    for (;;) {
      const chunk = await this.#read();
      if (chunk === undefined) return true;
      if (chunk.length > 0) return false;
    }
  }

  async #read(): Promise<Buffer | undefined> {
    try {
      const { done, value } = await this.#chunks.next();
      return done === true ? undefined : value;
    } catch (cause) {
      throw new RegistryError(
        `${shortDigest(this.#blob.digest)} can't be read: ${(cause as Error).message}`,
        {
          code: 'failed',
          cause,
        },
      );
    }
  }

  #damaged(how: 'more' | 'fewer'): RegistryError {
    return new RegistryError(
      `${this.#blob.digest} has ${how} than its ${this.#blob.size} bytes here: it is damaged`,
      {
        code: 'invalid',
        hint: 'build or pull the image again',
      },
    );
  }
}
