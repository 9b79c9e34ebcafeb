import { inflateRawSync } from 'node:zlib';
import type { ArchiveMember } from './archive-member.js';
import { umask } from '../root/file-mode.js';
import { TaskFailure } from '../task-failure.js';

/** The members of a zip in memory (PKWARE APPNOTE 6.3), stored or deflated. @throws TaskFailure for encrypted, split or damaged ones */
export function zipMembers(zip: Buffer): ArchiveMember[] {
  const end = zip.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end === -1 || end + 22 > zip.length) throw new TaskFailure('the zip archive has no end: it is damaged');
  const count = zip.readUInt16LE(end + 10);
  const start = zip.readUInt32LE(end + 16);
  if (count === 0xffff || start === 0xffffffff)
    throw new TaskFailure('zip64 archives are not supported: use a tar.gz');
  const members: ArchiveMember[] = [];
  let at = start;
  for (let index = 0; index < count; index += 1) {
    if (at + 46 > end || zip.readUInt32LE(at) !== 0x02014b50)
      throw new TaskFailure('the list of the zip archive is damaged');
    const [name, extra, comment] = [28, 30, 32].map((offset) => zip.readUInt16LE(at + offset)) as [
      number,
      number,
      number,
    ];
    members.push(memberOf(zip, at, zip.subarray(at + 46, at + 46 + name).toString()));
    at += 46 + name + extra + comment;
  }
  return members;
}

const fileTypes: Readonly<Record<number, ArchiveMember['type']>> = {
  0o040000: 'directory',
  0o120000: 'symlink',
};

function memberOf(zip: Buffer, at: number, name: string): ArchiveMember {
  const unix = zip[at + 5] === 3;
  const bits = zip.readUInt32LE(at + 38) >>> 16;
  const folder = name.endsWith('/');
  const type = folder ? 'directory' : ((unix ? fileTypes[bits & 0o170000] : undefined) ?? 'file');
  const given = unix ? bits & 0o777 : 0;
  const bytes = (): Buffer => unpack(zip, at, name);
  return {
    path: name.replace(/(.)\/+$/, '$1'),
    type,
    mode: given === 0 ? (folder ? 0o777 : 0o666) & ~umask : given,
    uid: 0,
    gid: 0,
    userName: 'root',
    groupName: 'root',
    mtime: dosTime(zip.readUInt32LE(at + 12)),
    target: type === 'symlink' ? bytes().toString() : '',
    bytes,
  };
}

function unpack(zip: Buffer, at: number, name: string): Buffer {
  if ((zip.readUInt16LE(at + 8) & 1) !== 0) throw new TaskFailure(`${name} in the zip archive is encrypted`);
  const method = zip.readUInt16LE(at + 10);
  const [packed, size, local] = [20, 24, 42].map((offset) => zip.readUInt32LE(at + offset)) as [
    number,
    number,
    number,
  ];
  const start = local + 30 + zip.readUInt16LE(local + 26) + zip.readUInt16LE(local + 28);
  const body = zip.subarray(start, start + packed);
  if (method !== 0 && method !== 8)
    throw new TaskFailure(`${name} in the zip archive is packed by method ${method}, which is not supported`);
  const bytes = method === 0 ? body : inflateRawSync(body, { maxOutputLength: Math.max(size, 1) });
  if (bytes.length !== size) throw new TaskFailure(`${name} in the zip archive is damaged`);
  return bytes;
}

/** Converts MS-DOS date and time to seconds since 1970, taken as UTC. */
function dosTime(value: number): number {
  const [date, time] = [value >>> 16, value & 0xffff];
  const day = [(date >>> 9) + 1980, ((date >>> 5) & 15) - 1, date & 31] as const;
  return Date.UTC(...day, time >>> 11, (time >>> 5) & 63, (time & 31) * 2) / 1000;
}
