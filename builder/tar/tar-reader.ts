import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import type { Entry, EntryType } from './entry.js';
import { checkSum, countAt, damaged, numberAt, paxRecords, textAt, untilZero } from './tar-fields.js';
import { blockSize } from './tar-header.js';
import { decodeName } from './tar-name.js';

const types: Readonly<Record<string, EntryType>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '3': 'character',
  '4': 'block',
  '5': 'directory',
  '6': 'fifo',
};

/** Limit of an extended header, bytes: more than any name or set of attributes needs. */
const maxExtension = 1 << 20;

/** Receives the members in order; a file's bytes come between its `entry` and the next. */
export interface TarListener {
  /** All bytes of the tar, headers included. */
  raw(chunk: Buffer): Promise<void>;
  /** `offset` is the position of the member's bytes in the tar. */
  entry(entry: Entry, size: number, offset: number): void;
  data(chunk: Buffer): void;
}

/**
 * Reads a tar (ustar, PAX, GNU long names) as a stream. Normalises paths, so that `../` can't leave the root.
 * @throws BuilderError `failed` if it is no tar or is cut short
 */
export async function readTar(stream: Readable, listener: TarListener): Promise<void> {
  const parser = new TarParser(listener);
  for await (const chunk of stream) {
    await listener.raw(chunk as Buffer);
    parser.take(chunk as Buffer);
  }
  parser.end();
}

class TarParser {
  readonly #listener: TarListener;
  #pending = Buffer.alloc(0);
  #offset = 0;
  #left = 0;
  #skip = 0;
  #extension: { flag: string; parts: Buffer[] } | undefined;
  #next: Record<string, Buffer> = {};
  #global: Record<string, Buffer> = {};
  #ended = false;

  constructor(listener: TarListener) {
    this.#listener = listener;
  }

  take(chunk: Buffer): void {
    let at = 0;
    while (at < chunk.length && !this.#ended) {
      if (this.#left > 0) at += this.#takeData(chunk.subarray(at));
      else if (this.#skip > 0) at += this.#takePadding(chunk.length - at);
      else at += this.#takeHeader(chunk.subarray(at));
    }
  }

  end(): void {
    if (this.#left > 0 || this.#skip > 0 || this.#pending.length > 0) throw damaged('it is cut short');
  }

  #takeData(chunk: Buffer): number {
    const part = chunk.subarray(0, this.#left);
    if (this.#extension === undefined) this.#listener.data(part);
    else this.#extension.parts.push(part);
    this.#left -= part.length;
    this.#offset += part.length;
    if (this.#left === 0 && this.#extension !== undefined) this.#finishExtension();
    return part.length;
  }

  #takePadding(available: number): number {
    const count = Math.min(available, this.#skip);
    this.#skip -= count;
    this.#offset += count;
    return count;
  }

  #takeHeader(chunk: Buffer): number {
    const part = chunk.subarray(0, blockSize - this.#pending.length);
    this.#pending = Buffer.concat([this.#pending, part]);
    this.#offset += part.length;
    if (this.#pending.length === blockSize) {
      const header = this.#pending;
      this.#pending = Buffer.alloc(0);
      this.#header(header);
    }
    return part.length;
  }

  #header(header: Buffer): void {
    if (header.every((byte) => byte === 0)) {
      this.#ended = true;
      return;
    }
    checkSum(header);
    const flag = header.toString('latin1', 156, 157);
    if ('xgLK'.includes(flag)) this.#beginExtension(flag, countAt(header, 124, 12));
    else this.#beginMember(header, flag);
  }

  #beginExtension(flag: string, size: number): void {
    if (size > maxExtension) throw damaged('an extended header is too large');
    this.#extension = { flag, parts: [] };
    this.#expect(size);
    if (size === 0) this.#finishExtension();
  }

  #beginMember(header: Buffer, flag: string): void {
    if (flag === 'S') throw damaged('sparse files are not supported');
    const type = types[flag];
    if (type === undefined) throw damaged(`members of type ${JSON.stringify(flag)} are not supported`);
    const entry = this.#entry(header, type, flag);
    if (entry.path === '/' && entry.type !== 'directory') throw damaged('a member has no name');
    // Only files have bytes after the header, whatever the size says.
    this.#expect(entry.type === 'file' ? (this.#number('size') ?? countAt(header, 124, 12)) : 0);
    this.#listener.entry(entry, this.#left, this.#offset);
    this.#next = {};
  }

  #expect(size: number): void {
    this.#left = size;
    this.#skip = (blockSize - (size % blockSize)) % blockSize;
  }

  #entry(header: Buffer, type: EntryType, flag: string): Entry {
    const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textAt(header, 345, 155) : '';
    const short = textAt(header, 0, 100);
    const name = this.#name('path') ?? (prefix === '' ? short : `${prefix}/${short}`);
    const link = this.#name('linkpath') ?? textAt(header, 157, 100);
    const linked =
      type === 'symlink' ? { target: link } : type === 'hardlink' ? { target: inside(link) } : {};
    const isDevice = type === 'character' || type === 'block';
    return {
      path: inside(name),
      // Before POSIX, a directory was a file whose name ends with a slash.
      type: flag === '\0' && name.endsWith('/') ? 'directory' : type,
      mode: numberAt(header, 100, 8) & 0o7777,
      uid: this.#number('uid') ?? countAt(header, 108, 8),
      gid: this.#number('gid') ?? countAt(header, 116, 8),
      mtime: this.#time() ?? numberAt(header, 136, 12),
      ...linked,
      ...(isDevice ? { device: [countAt(header, 329, 8), countAt(header, 337, 8)] as const } : {}),
      ...this.#xattrs(),
    };
  }

  #xattrs(): { xattrs?: Record<string, string> } {
    const found = Object.entries(this.#next).filter(([key]) => key.startsWith('SCHILY.xattr.'));
    if (found.length === 0) return {};
    return {
      xattrs: Object.fromEntries(found.map(([key, value]) => [key.slice(13), value.toString('base64')])),
    };
  }

  #text(key: string): Buffer | undefined {
    return this.#next[key] ?? this.#global[key];
  }

  #name(key: string): string | undefined {
    const bytes = this.#text(key);
    if (bytes?.includes(0)) throw damaged('a name holds a zero byte');
    return bytes && decodeName(bytes);
  }

  #number(key: string): number | undefined {
    return this.#matching(key, /^\d{1,15}$/);
  }

  /** Whole seconds, negative before 1970. */
  #time(): number | undefined {
    const seconds = this.#matching('mtime', /^-?\d{1,12}(\.\d*)?$/);
    return seconds && Math.floor(seconds);
  }

  #matching(key: string, form: RegExp): number | undefined {
    const text = this.#text(key)?.toString('latin1');
    if (text === undefined) return undefined;
    if (!form.test(text)) throw damaged(`its header says ${key}=${JSON.stringify(text.slice(0, 20))}`);
    return Number(text);
  }

  #finishExtension(): void {
    const { flag, parts } = this.#extension as { flag: string; parts: Buffer[] };
    this.#extension = undefined;
    const body = Buffer.concat(parts);
    if (flag === 'L') this.#next.path = untilZero(body);
    else if (flag === 'K') this.#next.linkpath = untilZero(body);
    else if (flag === 'g') this.#global = { ...this.#global, ...paxRecords(body) };
    else this.#next = { ...this.#next, ...paxRecords(body) };
    if (Object.keys(this.#next).some((key) => key.startsWith('GNU.sparse')))
      throw damaged('sparse files are not supported');
  }
}

function inside(name: string): string {
  const path = posix.normalize(`/${name}`);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}
