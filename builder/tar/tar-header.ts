import type { Entry } from './entry.js';
import { encodeName } from './tar-name.js';

export const blockSize = 512;

const typeFlags = {
  file: '0',
  hardlink: '1',
  symlink: '2',
  character: '3',
  block: '4',
  directory: '5',
  fifo: '6',
};

/** The end of a tar: two empty blocks. */
export const tarTrailer = Buffer.alloc(2 * blockSize);

/**
 * The header blocks of one entry. Owners are numbers, names of owners are empty.
 * @param name the member's name, without a leading slash
 */
export function tarHeader(entry: Entry, name: string): Buffer {
  const link =
    entry.target === undefined ? '' : entry.type === 'hardlink' ? entry.target.slice(1) : entry.target;
  const size = entry.type === 'file' ? (entry.content?.slice.size ?? 0) : 0;
  return header({ ...entry, name, link, size, flag: flagOf(entry) });
}

/** Owner, group and mode of a file: numbers, the mode as in chmod(2). */
export interface FileAccess {
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
}

const ofRoot: FileAccess = { mode: 0o644, uid: 0, gid: 0 };

/** The header blocks of a regular file with time 0, for archives exchanged with an engine. */
export function fileHeader(name: string, size: number, { mode, uid, gid }: FileAccess = ofRoot): Buffer {
  return header({ ...nobody, mode, uid, gid, name, size, flag: typeFlags.file });
}

const nobody = { ...ofRoot, mtime: 0, link: '' };

/** A ustar header, preceded by a PAX header for values that ustar can't hold (POSIX.1-2024, pax). */
function header(fields: HeaderFields): Buffer {
  const pax = paxRecords(fields);
  if (pax.length === 0) return ustar(fields);
  const body = Buffer.concat(pax);
  const paxName = `PaxHeaders/${Buffer.from(fields.name)
    .subarray(0, 80)
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, '_')}`;
  const extended = ustar({ ...nobody, mtime: fields.mtime, name: paxName, size: body.length, flag: 'x' });
  return Buffer.concat([extended, body, padding(body.length), ustar(fields)]);
}

/** Zeros that fill the last block after `size` bytes. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** A whiteout is an empty file with a special name. */
function flagOf({ type }: Entry): string {
  return type === 'whiteout' ? '0' : typeFlags[type];
}

interface HeaderFields {
  readonly name: string;
  readonly link: string;
  readonly size: number;
  readonly flag: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  readonly mtime: number;
  readonly device?: readonly [number, number];
  readonly xattrs?: Readonly<Record<string, string>>;
}

function ustar(fields: HeaderFields): Buffer {
  const block = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, width: number) => {
    const digits = value.toString(8).padStart(width - 1, '0');
    block.write(digits.slice(-(width - 1)), at, 'latin1');
  };
  encodeName(fields.name).copy(block, 0, 0, 100);
  octal(fields.mode, 100, 8);
  octal(fields.uid, 108, 8);
  octal(fields.gid, 116, 8);
  octal(fields.size, 124, 12);
  octal(Math.max(0, fields.mtime), 136, 12);
  block.write(fields.flag, 156, 'latin1');
  encodeName(fields.link).copy(block, 157, 0, 100);
  block.write('ustar\x0000', 257, 'latin1');
  octal(fields.device?.[0] ?? 0, 329, 8);
  octal(fields.device?.[1] ?? 0, 337, 8);
  block.fill(' ', 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function paxRecords({ name, link, size, mtime, xattrs = {}, ...owner }: HeaderFields): Buffer[] {
  const records: Buffer[] = [];
  if (!fits(name)) records.push(paxRecord('path', encodeName(name)));
  if (!fits(link)) records.push(paxRecord('linkpath', encodeName(link)));
  if (size >= 8 ** 11) records.push(paxRecord('size', Buffer.from(String(size))));
  for (const key of ['uid', 'gid'] as const)
    if (owner[key] >= 8 ** 7) records.push(paxRecord(key, Buffer.from(String(owner[key]))));
  if (mtime < 0 || mtime >= 8 ** 11) records.push(paxRecord('mtime', Buffer.from(String(mtime))));
  for (const [key, value] of Object.entries(xattrs).sort(([a], [b]) => (a < b ? -1 : 1)))
    records.push(paxRecord(`SCHILY.xattr.${key}`, Buffer.from(value, 'base64')));
  return records;
}

/** Whether it is ASCII of at most 100 bytes. */
function fits(text: string): boolean {
  return text.length <= 100 && /^[\x00-\x7f]*$/.test(text);
}

function paxRecord(key: string, value: Buffer): Buffer {
  const name = Buffer.from(key);
  const rest = name.length + value.length + 3;
  let length = rest + 1;
  while (String(length).length + rest !== length) length = String(length).length + rest;
  return Buffer.concat([Buffer.from(`${length} ${key}=`), value, Buffer.from('\n')]);
}
