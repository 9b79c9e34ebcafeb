import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { BuilderError } from '../errors.js';
import { FileBlobWriter } from './blob-writer.js';
import { type Digest, digestOf } from './digest.js';
import { hashFile } from './hash-file.js';
import { type Lease, takeLease } from './lease.js';
import { makeFolder } from '../system/make-folder.js';
import { moveInto } from './move-into.js';
import { attempt, storeError } from './store-error.js';
import type { RecordKind } from './record-kind.js';
import type { BlobWriter, Slice, Store } from './store.js';

/** An open store: a prune keeps its blobs until it is disposed of, or its process ends. */
export interface OpenStore extends Store, Disposable {}

/** Precision of a record's time of last use. */
const useGrainMs = 3600 * 1000;

const emptyDigest = digestOf('');

/** Larger than Node's default, as blobs are read from end to end. */
const readSize = 1 << 18;

/**
 * Opens the cache at `folder` (absolute), and creates it if missing: `blobs/sha256/<hex>`, `records/<kind>/<key>.json` and
 * `tmp/`, all in one file system so that files appear atomically. Removes files of killed processes from `tmp/`.
 * @throws BuilderError `failed` if the folder can't be made or written
 */
export function openStore(folder: string): OpenStore {
  return attempt(folder, () => {
    for (const name of ['blobs/sha256', 'records', 'tmp']) makeFolder(join(folder, name));
    return new ContentStore(folder, takeLease(folder, 'build'));
  });
}

class ContentStore implements OpenStore {
  readonly folder: string;
  readonly #lease: Lease;

  constructor(folder: string, lease: Lease) {
    this.folder = folder;
    this.#lease = lease;
  }

  [Symbol.dispose](): void {
    this.#lease.release();
  }

  has(blob: Digest): boolean {
    // The empty blob needs no file.
    if (blob === emptyDigest) return true;
    const found = fs.statSync(this.path(blob), { throwIfNoEntry: false });
    // After a power failure, a file may be empty.
    return found?.isFile() === true && found.size > 0;
  }

  size(blob: Digest): number {
    if (blob === emptyDigest) return 0;
    return this.#present(blob, () => fs.statSync(this.path(blob)).size);
  }

  path(blob: Digest): string {
    return join(this.folder, 'blobs', 'sha256', blob.slice('sha256:'.length));
  }

  open(blob: Digest): Readable {
    if (blob === emptyDigest) return Readable.from([]);
    this.size(blob);
    return Readable.from(this.#compared(blob), { objectMode: false, highWaterMark: readSize });
  }

  copy(blob: Digest, place: string): void {
    if (blob === emptyDigest) return fs.writeFileSync(place, '');
    this.size(blob);
    // No hard link: a change of the copy must not reach the cache.
    this.#present(blob, () => fs.copyFileSync(this.path(blob), place, fs.constants.COPYFILE_FICLONE));
    if (`sha256:${hashFile(place)}` !== blob) this.damaged(blob);
  }

  damaged(blob: Digest): never {
    fs.rmSync(this.path(blob), { recursive: true, force: true });
    throw new BuilderError(`${blob} in the cache ${this.folder} was damaged, and is removed`, {
      code: 'not-found',
      hint: 'build again: that restores the missing parts',
    });
  }

  async *#compared(blob: Digest): AsyncGenerator<Buffer> {
    const hash = createHash('sha256');
    const bytes = fs.createReadStream(this.path(blob), { highWaterMark: readSize });
    try {
      for await (const chunk of bytes as AsyncIterable<Buffer>) {
        hash.update(chunk);
        yield chunk;
      }
    } catch (cause) {
      this.#unreadable(blob, cause);
    }
    if (`sha256:${hash.digest('hex')}` !== blob) this.damaged(blob);
  }

  read({ blob, offset, size }: Slice): Buffer {
    if (size === 0) return Buffer.alloc(0);
    return this.#present(blob, () => {
      const file = fs.openSync(this.path(blob), 'r');
      try {
        const bytes = Buffer.allocUnsafe(size);
        const count = fs.readSync(file, bytes, 0, size, offset);
        const whole = offset === 0 && fs.fstatSync(file).size === size;
        return count < size || (whole && digestOf(bytes) !== blob) ? this.damaged(blob) : bytes;
      } finally {
        fs.closeSync(file);
      }
    });
  }

  put(bytes: Uint8Array): Digest {
    const digest = digestOf(bytes);
    const path = this.path(digest);
    if (fs.statSync(path, { throwIfNoEntry: false })?.size !== bytes.length) this.#appear(path, bytes);
    return digest;
  }

  putFile(path: string): { digest: Digest; size: number } {
    const temporary = this.#temporary();
    return attempt(this.folder, () => {
      try {
        fs.copyFileSync(path, temporary, fs.constants.COPYFILE_FICLONE);
        fs.chmodSync(temporary, 0o600);
        const digest: Digest = `sha256:${hashFile(temporary)}`;
        const { size } = fs.statSync(temporary);
        moveInto(temporary, this.path(digest));
        return { digest, size };
      } catch (error) {
        fs.rmSync(temporary, { force: true });
        throw error;
      }
    });
  }

  writer(): BlobWriter {
    return new FileBlobWriter(this, this.#temporary());
  }

  record<T>(kind: RecordKind<T>, key: string): T | undefined {
    return this.#read(kind, key, noteUse);
  }

  peek<T>(kind: RecordKind<T>, key: string): T | undefined {
    return this.#read(kind, key);
  }

  setRecord<T>(kind: RecordKind<T>, key: string, value: NoInfer<T>): void {
    this.#appear(this.#recordPath(kind, key), Buffer.from(JSON.stringify(value)));
  }

  records(kind: RecordKind<unknown>, key: string): string[] {
    const folder = join(this.folder, 'records', kind.name, key);
    try {
      return fs
        .readdirSync(folder)
        .filter((name) => name.endsWith('.json'))
        .map((name) => ({
          name: name.slice(0, -'.json'.length),
          time: fs.statSync(join(folder, name), { throwIfNoEntry: false })?.mtimeMs ?? 0,
        }))
        .sort((a, b) => b.time - a.time)
        .map(({ name }) => name);
    } catch {
      return [];
    }
  }

  #read<T>(kind: RecordKind<T>, key: string, onUse?: (file: number) => void): T | undefined {
    let file: number | undefined;
    try {
      file = fs.openSync(this.#recordPath(kind, key), 'r');
      const record = kind.parse(JSON.parse(fs.readFileSync(file, 'utf8')));
      if (record !== undefined) onUse?.(file);
      return record;
    } catch {
      return undefined;
    } finally {
      if (file !== undefined) fs.closeSync(file);
    }
  }

  #recordPath({ name }: RecordKind<unknown>, key: string): string {
    return join(this.folder, 'records', name, `${key}.json`);
  }

  #temporary(): string {
    return join(this.#lease.folder, randomBytes(8).toString('hex'));
  }

  #appear(path: string, bytes: Uint8Array): void {
    const temporary = this.#temporary();
    attempt(this.folder, () => {
      try {
        fs.writeFileSync(temporary, bytes, { mode: 0o600 });
        moveInto(temporary, path);
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
      this.#unreadable(blob, cause);
    }
  }

  /** Treats an unreadable blob (a folder, a file without read permission) as damaged, so that the next build makes it again. */
  #unreadable(blob: Digest, cause: unknown): never {
    if (cause instanceof BuilderError) throw cause;
    const { code = '' } = cause as NodeJS.ErrnoException;
    if (['EACCES', 'EISDIR', 'ELOOP', 'ENOTDIR', 'EIO'].includes(code)) this.damaged(blob);
    if (code !== 'ENOENT') throw storeError(this.folder, cause);
    throw new BuilderError(`${blob} is not in the cache ${this.folder}`, {
      code: 'not-found',
      hint: 'build again: that restores the missing parts',
      cause,
    });
  }
}

/** Updates a file's time of use. Ignores errors, because the cache may belong to another user. */
function noteUse(file: number): void {
  const now = Date.now();
  if (now - fs.fstatSync(file).mtimeMs < useGrainMs) return;
  try {
    fs.futimesSync(file, now / 1000, now / 1000);
  } catch {
    return;
  }
}
