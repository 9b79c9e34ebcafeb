import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { type FileHandle, open, readdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { BuilderError } from '../../errors.js';
import { isRunning, processIdentity } from '../../system/process-identity.js';
import { whyNotWritten } from '../../system/why-not-written.js';
import { blockSize, fileHeader, padding, tarTrailer } from '../../tar/tar-header.js';
import { type MemberName, members } from './backup-manifest.js';

const ownerAlone = { mode: 0o600, uid: 0, gid: 0 };

/** Writes a backup: it appears under its name when it is whole, and is its owner's alone to read. */
export class BackupWriter {
  readonly #file: string;
  readonly #beside: string;
  readonly #handle: FileHandle;
  readonly #sums: string[] = [];
  #end = 0;

  private constructor(file: string, beside: string, handle: FileHandle) {
    this.#file = file;
    this.#beside = beside;
    this.#handle = handle;
  }

  /** @throws BuilderError `usage` where the file is there already, `failed` where it can't be written */
  static async create(file: string): Promise<BackupWriter> {
    if (existsSync(file))
      throw new BuilderError(`${file} is there already`, {
        code: 'usage',
        hint: 'Give the backup another name.',
      });
    const beside = `${file}.${processIdentity()}.part`;
    try {
      await sweep(file);
      return new BackupWriter(file, beside, await open(beside, 'wx', 0o600));
    } catch (error) {
      throw notWritten(file, error);
    }
  }

  /** Adds a member; after a failure the same one may be added anew. @throws BuilderError where it can't be written, or the source's own error */
  async add(name: MemberName, source: AsyncIterable<Buffer | string>): Promise<void> {
    const hash = createHash('sha256');
    const begin = this.#end + blockSize;
    let size = 0;
    for await (const piece of source) {
      const bytes = Buffer.from(piece);
      hash.update(bytes);
      await this.#write(bytes, begin + size);
      size += bytes.length;
    }
    await this.#write(sizedHeader(name, size), this.#end);
    await this.#write(padding(size), begin + size);
    this.#end = begin + size + padding(size).length;
    this.#sums.push(`${hash.digest('hex')}  ${name}\n`);
  }

  /** Adds the checksums and gives the file its name. Gives its size in bytes. @throws BuilderError */
  async finish(): Promise<number> {
    await this.add(members.sums, asPieces(this.#sums.join('')));
    try {
      await this.#write(tarTrailer, this.#end);
      await this.#handle.truncate(this.#end + tarTrailer.length);
      await this.#handle.sync();
      await this.#handle.close();
      await rename(this.#beside, this.#file);
    } catch (error) {
      throw notWritten(this.#file, error);
    }
    return this.#end + tarTrailer.length;
  }

  /** Leaves nothing of it. */
  async abandon(): Promise<void> {
    await this.#handle.close().catch(() => undefined);
    await rm(this.#beside, { force: true });
  }

  async #write(bytes: Buffer, position: number): Promise<void> {
    try {
      for (let at = 0; at < bytes.length;)
        at += (await this.#handle.write(bytes, at, bytes.length - at, position + at)).bytesWritten;
    } catch (error) {
      throw notWritten(this.#file, error);
    }
  }
}

/** A text as the source of a member. */
export async function* asPieces(text: string): AsyncGenerator<string> {
  yield await Promise.resolve(text);
}

/** One block whatever the size: a binary number (GNU) where octal digits would not do. */
function sizedHeader(name: string, size: number): Buffer {
  if (size < 8 ** 11) return fileHeader(name, size, ownerAlone);
  const header = fileHeader(name, 0, ownerAlone);
  header.fill(0, 124, 136).writeUInt8(0x80, 124);
  header.writeBigUInt64BE(BigInt(size), 128);
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0x20 : byte), 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

/** What a backup of this name left that was killed. */
async function sweep(file: string): Promise<void> {
  const begin = `${basename(file)}.`;
  for (const name of await readdir(dirname(file))) {
    if (!name.startsWith(begin) || !name.endsWith('.part')) continue;
    if (isRunning(name.slice(begin.length, -'.part'.length)) === false)
      await rm(join(dirname(file), name), { force: true });
  }
}

function notWritten(file: string, error: unknown): BuilderError {
  if (error instanceof BuilderError) return error;
  return new BuilderError(`The backup ${file} can't be written: ${whyNotWritten(error)}`, {
    code: 'failed',
    cause: error,
  });
}
