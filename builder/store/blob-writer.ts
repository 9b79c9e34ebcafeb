import { createHash } from 'node:crypto';
import * as fs from 'node:fs';
import type { Digest } from './digest.js';
import { moveInto } from './move-into.js';
import { attempt, storeError } from './store-error.js';
import type { BlobWriter } from './store.js';

/** Writes one blob to a temporary file, which becomes visible when it is finished. */
export class FileBlobWriter implements BlobWriter {
  readonly #store: { readonly folder: string; path(blob: Digest): string };
  readonly #temporary: string;
  readonly #file: number;
  readonly #hash = createHash('sha256');
  #size = 0;
  #open = true;

  constructor(store: { readonly folder: string; path(blob: Digest): string }, temporary: string) {
    this.#store = store;
    this.#temporary = temporary;
    this.#file = attempt(store.folder, () => fs.openSync(temporary, 'wx', 0o600));
  }

  async write(chunk: Uint8Array): Promise<void> {
    this.#hash.update(chunk);
    this.#size += chunk.length;
    try {
      for (let done = 0; done < chunk.length;) done += await written(this.#file, chunk.subarray(done));
    } catch (error) {
      await this.abort();
      throw storeError(this.#store.folder, error);
    }
  }

  async finish(): Promise<{ digest: Digest; size: number }> {
    const digest: Digest = `sha256:${this.#hash.digest('hex')}`;
    try {
      this.#open = false;
      fs.closeSync(this.#file);
      moveInto(this.#temporary, this.#store.path(digest));
    } catch (error) {
      fs.rmSync(this.#temporary, { force: true });
      throw storeError(this.#store.folder, error);
    }
    return { digest, size: this.#size };
  }

  abort(): Promise<void> {
    if (this.#open) {
      this.#open = false;
      fs.closeSync(this.#file);
      fs.rmSync(this.#temporary, { force: true });
    }
    return Promise.resolve();
  }
}

function written(file: number, chunk: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    fs.write(file, chunk, (error, count) => (error === null ? resolve(count) : reject(error)));
  });
}
