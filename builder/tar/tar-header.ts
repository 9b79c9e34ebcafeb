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

/**
 * The header blocks of one entry: ustar, with a PAX header before it where ustar can't say it (POSIX.1-2024, pax).
 * Owners are numbers, names of owners are empty.
 * @param name the member's name, without a leading slash
 */
export function tarHeader(entry: Entry, name: string): Buffer {
  const link =
    entry.target === undefined ? '' : entry.type === 'hardlink' ? entry.target.slice(1) : entry.target;
  const size = entry.type === 'file' ? (entry.content?.slice.size ?? 0) : 0;
  const pax = paxRecords({ name, link, size, entry });
  const header = ustar({ ...entry, name, link, size, flag: flagOf(entry) });
  if (pax.length === 0) return header;
  const body = Buffer.concat(pax);
  const paxName = `PaxHeaders/${Buffer.from(name)
    .subarray(0, 80)
    .toString('latin1')
    .replace(/[^\x21-\x7e]/g, '_')}`;
  const extended = ustar({
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: entry.mtime,
    name: paxName,
    link: '',
    size: body.length,
    flag: 'x',
  });
  return Buffer.concat([extended, body, padding(body.length), header]);
}

/** Zeros that fill the last block of `size` bytes. */
export function padding(size: number): Buffer {
  return Buffer.alloc((blockSize - (size % blockSize)) % blockSize);
}

/** A whiteout is an empty file by its special name. */
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
}

function ustar(fields: HeaderFields): Buffer {
  const header = Buffer.alloc(blockSize);
  const octal = (value: number, at: number, width: number) =>
    header.write(
      value
        .toString(8)
        .padStart(width - 1, '0')
        .slice(-(width - 1)),
      at,
      'latin1',
    );
  encodeName(fields.name).copy(header, 0, 0, 100);
  octal(fields.mode, 100, 8);
  octal(fields.uid, 108, 8);
  octal(fields.gid, 116, 8);
  octal(fields.size, 124, 12);
  octal(Math.max(0, fields.mtime), 136, 12);
  header.write(fields.flag, 156, 'latin1');
  encodeName(fields.link).copy(header, 157, 0, 100);
  header.write('ustar\x0000', 257, 'latin1');
  octal(fields.device?.[0] ?? 0, 329, 8);
  octal(fields.device?.[1] ?? 0, 337, 8);
  header.fill(' ', 148, 156);
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
}

function paxRecords({
  name,
  link,
  size,
  entry,
}: {
  name: string;
  link: string;
  size: number;
  entry: Entry;
}): Buffer[] {
  const records: Buffer[] = [];
  if (!fits(name)) records.push(paxRecord('path', encodeName(name)));
  if (!fits(link)) records.push(paxRecord('linkpath', encodeName(link)));
  if (size >= 8 ** 11) records.push(paxRecord('size', Buffer.from(String(size))));
  for (const key of ['uid', 'gid'] as const)
    if (entry[key] >= 8 ** 7) records.push(paxRecord(key, Buffer.from(String(entry[key]))));
  if (entry.mtime < 0 || entry.mtime >= 8 ** 11)
    records.push(paxRecord('mtime', Buffer.from(String(entry.mtime))));
  for (const [key, value] of Object.entries(entry.xattrs ?? {}).sort(([a], [b]) => (a < b ? -1 : 1)))
    records.push(paxRecord(`SCHILY.xattr.${key}`, Buffer.from(value, 'base64')));
  return records;
}

/** Plain ASCII of at most 100 bytes. */
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
