import { checkSum, damaged, numberAt, paxRecords, textAt, untilZero } from '../../tar/tar-fields.js';
import { blockSize } from '../../tar/tar-header.js';
import { decodeName } from '../../tar/tar-name.js';
import type { ArchiveMember } from './archive-member.js';

type PaxRecords = Readonly<Record<string, Buffer>>;

/** The members of a tar in memory: ustar, GNU long names, pax (POSIX.1-2008), without devices and fifos. @throws BuilderError `failed` */
export function tarMembers(tar: Buffer): ArchiveMember[] {
  const members: ArchiveMember[] = [];
  let global: PaxRecords = {};
  let next: PaxRecords = {};
  for (let at = 0; at < tar.length;) {
    if (at + blockSize > tar.length) throw damaged('it is cut short');
    const header = tar.subarray(at, at + blockSize);
    if (header.every((byte) => byte === 0)) break;
    checkSum(header);
    const size =
      next['size'] === undefined ? numberAt(header, 124, 12) : Number(next['size'].toString('latin1'));
    const body = tar.subarray(at + blockSize, at + blockSize + size);
    if (body.length < size) throw damaged('it is cut short');
    const kind = String.fromCharCode(header[156] ?? 0);
    at += blockSize + Math.ceil(size / blockSize) * blockSize;
    if (kind === 'x') next = { ...next, ...paxRecords(body) };
    else if (kind === 'g') global = { ...global, ...paxRecords(body) };
    else if (kind === 'L') next = { ...next, path: untilZero(body) };
    else if (kind === 'K') next = { ...next, linkpath: untilZero(body) };
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

function memberOf(header: Buffer, body: Buffer, pax: PaxRecords): ArchiveMember | undefined {
  const textOf = (key: string) => pax[key] && decodeName(pax[key]);
  const numberOf = (key: string) => pax[key] && Number(pax[key].toString('latin1'));
  const prefix = header.toString('latin1', 257, 263) === 'ustar\0' ? textAt(header, 345, 155) : '';
  const short = textAt(header, 0, 100);
  const path = textOf('path') ?? (prefix === '' ? short : `${prefix}/${short}`);
  const kind = types[String.fromCharCode(header[156] ?? 0)];
  if (kind === undefined) return undefined;
  const type = kind === 'file' && path.endsWith('/') ? 'directory' : kind;
  return {
    path: path.replace(/(.)\/+$/, '$1'),
    type,
    mode: numberAt(header, 100, 8) & 0o7777,
    uid: numberOf('uid') ?? numberAt(header, 108, 8),
    gid: numberOf('gid') ?? numberAt(header, 116, 8),
    userName: textOf('uname') ?? textAt(header, 265, 32),
    groupName: textOf('gname') ?? textAt(header, 297, 32),
    mtime: Math.floor(numberOf('mtime') ?? numberAt(header, 136, 12)),
    target: textOf('linkpath') ?? textAt(header, 157, 100),
    bytes: () => body,
  };
}
