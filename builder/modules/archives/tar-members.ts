import type { ArchiveMember } from './archive-member.js';
import { TaskFailure } from '../task-failure.js';

const block = 512;

/** The members of a tar in memory: ustar, GNU long names, pax (POSIX.1-2008). Devices and fifos are left out. @throws TaskFailure for what is no tar */
export function tarMembers(tar: Buffer): ArchiveMember[] {
  const members: ArchiveMember[] = [];
  let global: Record<string, string> = {};
  let next: Record<string, string> = {};
  for (let at = 0; at < tar.length;) {
    if (at + block > tar.length) throw new TaskFailure('the tar archive ends in the middle of a file');
    const header = tar.subarray(at, at + block);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const size = next['size'] === undefined ? numberAt(header, 124, 12) : Number(next['size']);
    const body = tar.subarray(at + block, at + block + size);
    if (body.length < size) throw new TaskFailure('the tar archive ends in the middle of a file');
    const kind = String.fromCharCode(header[156] ?? 0);
    at += block + Math.ceil(size / block) * block;
    if (kind === 'x') next = { ...next, ...paxRecords(body) };
    else if (kind === 'g') global = { ...global, ...paxRecords(body) };
    else if (kind === 'L') next = { ...next, path: textIn(body) };
    else if (kind === 'K') next = { ...next, linkpath: textIn(body) };
    else {
      const member = memberOf(header, body, { ...global, ...next });
      if (member !== undefined) members.push(member);
      next = {};
    }
  }
  return members;
}

const types: Readonly<Record<string, ArchiveMember['type']>> = {
  '0': 'file',
  '\0': 'file',
  '7': 'file',
  '1': 'hardlink',
  '2': 'symlink',
  '5': 'directory',
};

function memberOf(header: Buffer, body: Buffer, pax: Record<string, string>): ArchiveMember | undefined {
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textIn(header.subarray(345, 500)) : '';
  const short = textIn(header.subarray(0, 100));
  const path = pax['path'] ?? (prefix === '' ? short : `${prefix}/${short}`);
  const kind = types[String.fromCharCode(header[156] ?? 0)];
  if (kind === undefined) return undefined;
  const type = kind === 'file' && path.endsWith('/') ? 'directory' : kind;
  return {
    path: path.replace(/(.)\/+$/, '$1'),
    type,
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: pax['uid'] === undefined ? numberAt(header, 108, 8) : Number(pax['uid']),
    gid: pax['gid'] === undefined ? numberAt(header, 116, 8) : Number(pax['gid']),
    userName: pax['uname'] ?? textIn(header.subarray(265, 297)),
    groupName: pax['gname'] ?? textIn(header.subarray(297, 329)),
    mtime: Math.floor(Number(pax['mtime'] ?? numberAt(header, 136, 12))),
    target: pax['linkpath'] ?? textIn(header.subarray(157, 257)),
    bytes: () => body,
  };
}

function textIn(field: Buffer): string {
  const end = field.indexOf(0);
  return field.toString('utf8', 0, end === -1 ? field.length : end);
}

/** Octal, or GNU's base 256 where the first bit is set. */
function numberAt(header: Buffer, offset: number, length: number): number {
  const field = header.subarray(offset, offset + length);
  if (((field[0] ?? 0) & 0x80) === 0) return parseInt(field.toString('latin1').trim(), 8) || 0;
  return field.subarray(1).reduce((value, byte) => value * 256 + byte, (field[0] ?? 0) & 0x7f);
}

function checkSum(header: Buffer): void {
  const spaces = 8 * 0x20;
  const sum = header.reduce((total, byte, at) => total + (at >= 148 && at < 156 ? 0 : byte), spaces);
  if (sum !== numberAt(header, 148, 8)) throw new TaskFailure('this is not a tar archive, or it is damaged');
}

/** "LENGTH KEY=VALUE\n" records. */
function paxRecords(body: Buffer): Record<string, string> {
  const records: Record<string, string> = {};
  for (let at = 0; at < body.length;) {
    const length = parseInt(body.toString('latin1', at, at + 20), 10);
    if (!(length > 0)) break;
    const record = body.toString('utf8', at, at + length - 1);
    const [, key = '', value = ''] = /^\d+ ([^=]+)=(.*)$/s.exec(record) ?? [];
    records[key] = value;
    at += length;
  }
  return records;
}
