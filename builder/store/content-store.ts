import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { dirname, join } from 'node:path';
import type { Readable } from 'node:stream';
import { BuilderError } from '../errors.js';
import { type Digest, digestOf } from './digest.js';
import type { BlobWriter, RecordKind, Slice, Store } from './store.js';

/**
 * Opens the cache at `folder` (absolute), making it where it is missing: `blobs/sha256/<hex>`, `records/<kind>/<key>.json`
 * and `tmp/`, all in one file system so that whatever appears is whole.
 * @throws BuilderError `failed` where the folder can't be made or written
 */
export function openStore(folder: string): Store {
  return new ContentStore(folder);
}

class ContentStore implements Store {
  readonly folder: string;

  constructor(folder: string) {
    this.folder = folder;
    attempt(folder, () => {
      for (const name of ['blobs/sha256', 'records', 'tmp'])
        fs.mkdirSync(join(folder, name), { recursive: true });
    });
  }

  has(blob: Digest): boolean {
    return fs.existsSync(this.path(blob));
  }

  size(blob: Digest): number {
    return this.#present(blob, () => fs.statSync(this.path(blob)).size);
  }

  path(blob: Digest): string {
    return join(this.folder, 'blobs', 'sha256', blob.slice('sha256:'.length));
  }

  open(blob: Digest): Readable {
    this.size(blob);
    return fs.createReadStream(this.path(blob));
  }

  read({ blob, offset, size }: Slice): Buffer {
    if (size === 0) return Buffer.alloc(0);
    return this.#present(blob, () => {
      const file = fs.openSync(this.path(blob), 'r');
      try {
        const bytes = Buffer.allocUnsafe(size);
        const count = fs.readSync(file, bytes, 0, size, offset);
        if (count !== size)
          throw new BuilderError(`${blob} in the cache is cut short`, { code: 'not-found' });
        return bytes;
      } finally {
        fs.closeSync(file);
      }
    });
  }

  put(bytes: Uint8Array): Digest {
    const digest = digestOf(bytes);
    if (!this.has(digest)) this.#appear(this.path(digest), bytes);
    return digest;
  }

  writer(): BlobWriter {
    return new FileBlobWriter(this, this.#temporary());
  }

  record(kind: RecordKind, key: string): unknown {
    try {
      return JSON.parse(fs.readFileSync(this.#recordPath(kind, key), 'utf8'));
    } catch {
      return undefined;
    }
  }

  setRecord(kind: RecordKind, key: string, value: unknown): void {
    const path = this.#recordPath(kind, key);
    attempt(this.folder, () => fs.mkdirSync(dirname(path), { recursive: true }));
    this.#appear(path, Buffer.from(JSON.stringify(value)));
  }

  records(kind: RecordKind, key: string): string[] {
    const folder = join(this.folder, 'records', kind, key);
    try {
      return fs
        .readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => ({
          name: name.slice(0, -'.json'.length),
          time: fs.statSync(join(folder, name)).mtimeMs,
        }))
        .sort((a, b) => b.time - a.time)
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  #recordPath(kind: RecordKind, key: string): string {
    return join(this.folder, 'records', kind, `${key}.json`);
  }

  #temporary(): string {
    return join(this.folder, 'tmp', randomBytes(16).toString('hex'));
  }

  #appear(path: string, bytes: Uint8Array): void {
    const temporary = this.#temporary();
    attempt(this.folder, () => {
      try {
        fs.writeFileSync(temporary, bytes, { mode: 0o600 });
        fs.renameSync(temporary, path);
      } catch (error) {
        fs.rmSync(temporary, { force: true });
        throw error;
      }
    });
  }

  #present<T>(blob: Digest, use: () => T): T {
    try {
      return use();
    } catch (cause) {
      if (cause instanceof BuilderError) throw cause;
      throw new BuilderError(`${blob} is not in the cache ${this.folder}`, {
        code: 'not-found',
        hint: 'build again with --no-cache',
        cause,
      });
    }
  }
}

class FileBlobWriter implements BlobWriter {
  readonly #store: ContentStore;
  readonly #temporary: string;
  readonly #file: number;
  readonly #hash = createHash('sha256');
  #size = 0;

  constructor(store: ContentStore, temporary: string) {
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

  finish(): Promise<{ digest: Digest; size: number }> {
    const digest: Digest = `sha256:${this.#hash.digest('hex')}`;
    fs.closeSync(this.#file);
    attempt(this.#store.folder, () => fs.renameSync(this.#temporary, this.#store.path(digest)));
    return Promise.resolve({ digest, size: this.#size });
  }

  abort(): Promise<void> {
    if (fs.existsSync(this.#temporary)) {
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

function attempt<T>(folder: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw storeError(folder, error);
  }
}

function storeError(folder: string, cause: unknown): BuilderError {
  if ((cause as NodeJS.ErrnoException).code === 'ENOSPC') {
    return new BuilderError(`No space is left for the cache ${folder}`, {
      code: 'failed',
      hint: 'make room with "platen cache prune", or let XDG_CACHE_HOME name a folder on a larger disk',
      cause,
    });
  }
  return new BuilderError(`The cache ${folder} can't be written: ${(cause as Error).message}`, {
    code: 'failed',
    hint: 'make it writable, or let XDG_CACHE_HOME name another folder',
    cause,
  });
}
