import { posix } from 'node:path';
import type { Readable } from 'node:stream';
import { BuilderError } from '../errors.js';
import type { Entry, EntryType } from './entry.js';
import { blockSize } from './tar-header.js';

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

/** More than any name or set of attributes needs. */
const maxExtension = 1 << 20;

/** What a tar reader tells: members in order, a file's bytes between its `entry` and the next. */
export interface TarListener {
  /** Bytes of the tar as they come, headers included. */
  raw(chunk: Buffer): Promise<void>;
  /** `offset` is where the member's bytes begin in the tar. */
  entry(entry: Entry, size: number, offset: number): void;
  data(chunk: Buffer): void;
}

/**
 * Reads a tar (ustar, PAX, GNU long names) as it streams. Paths are normalised inside the root: `../` leads nowhere else.
 * @throws BuilderError `failed` for what is no tar or is cut short
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
    const size = this.#number('size') ?? numberAt(header, 124, 12);
    const holdsData = flag !== '1' && flag !== '2' && flag !== '5';
    this.#left = holdsData ? size : 0;
    this.#skip = (blockSize - (this.#left % blockSize)) % blockSize;
    if ('xgLK'.includes(flag)) {
      if (size > maxExtension) throw damaged('an extended header is too large');
      this.#extension = { flag, parts: [] };
      if (size === 0) this.#finishExtension();
      return;
    }
    const type = types[flag];
    if (type === undefined) throw damaged(`members of type "${flag}" are not supported`);
    this.#listener.entry(this.#entry(header, type), this.#left, this.#offset);
    this.#next = {};
  }

  #entry(header: Buffer, type: EntryType): Entry {
    const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textAt(header, 345, 155) : '';
    const short = textAt(header, 0, 100);
    const name = this.#text('path') ?? (prefix === '' ? short : `${prefix}/${short}`);
    const link = this.#text('linkpath') ?? textAt(header, 157, 100);
    const mtime = Math.floor(Number(this.#text('mtime') ?? numberAt(header, 136, 12)));
    const linked =
      type === 'symlink' ? { target: link } : type === 'hardlink' ? { target: inside(link) } : {};
    const device: [number, number] = [numberAt(header, 329, 8), numberAt(header, 337, 8)];
    return {
      path: inside(name),
      type,
      mode: numberAt(header, 100, 8) & 0o7777,
      uid: this.#number('uid') ?? numberAt(header, 108, 8),
      gid: this.#number('gid') ?? numberAt(header, 116, 8),
      mtime: Number.isFinite(mtime) ? mtime : 0,
      ...linked,
      ...(type === 'character' || type === 'block' ? { device } : {}),
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

  #text(key: string): string | undefined {
    return (this.#next[key] ?? this.#global[key])?.toString();
  }

  #number(key: string): number | undefined {
    const text = this.#text(key);
    if (text === undefined) return undefined;
    if (!/^\d{1,15}$/.test(text))
      throw damaged(`its header says ${key}=${JSON.stringify(text.slice(0, 20))}`);
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

function paxRecords(body: Buffer): Record<string, Buffer> {
  const records: Record<string, Buffer> = Object.create(null) as Record<string, Buffer>;
  for (let at = 0; at < body.length;) {
    const space = body.indexOf(0x20, at);
    const length = Number(body.toString('latin1', at, Math.max(at, space)));
    const equals = body.indexOf(0x3d, space);
    const end = at + length - 1;
    if (space < 0 || !(length > 0) || equals < 0 || equals > end || end >= body.length)
      throw damaged('a PAX header is malformed');
    records[body.toString('utf8', space + 1, equals)] = body.subarray(equals + 1, end);
    at += length;
  }
  return records;
}

function inside(name: string): string {
  const path = posix.normalize(`/${name}`);
  return path.length > 1 && path.endsWith('/') ? path.slice(0, -1) : path;
}

function textAt(header: Buffer, at: number, width: number): string {
  return untilZero(header.subarray(at, at + width)).toString();
}

function untilZero(bytes: Buffer): Buffer {
  const zero = bytes.indexOf(0);
  return zero < 0 ? bytes : bytes.subarray(0, zero);
}

function numberAt(header: Buffer, at: number, width: number): number {
  const field = header.subarray(at, at + width);
  if ((field[0] as number) & 0x80) {
    const value = field.subarray(1).reduce((total, byte) => total * 256 + byte, 0);
    if (!Number.isSafeInteger(value)) throw damaged('a number in a header is too large');
    return value;
  }
  const text = field.toString('latin1').replace(/\0.*$/s, '').trim();
  if (!/^[0-7]*$/.test(text)) throw damaged('a number in a header is not octal');
  return text === '' ? 0 : Number.parseInt(text, 8);
}

function checkSum(header: Buffer): void {
  const sum = header.reduce((total, byte, index) => total + (index >= 148 && index < 156 ? 0x20 : byte), 0);
  if (sum !== numberAt(header, 148, 8)) throw damaged('a header has a wrong check sum');
}

function damaged(how: string): BuilderError {
  return new BuilderError(`The tar archive can't be read: ${how}`, { code: 'failed' });
}
