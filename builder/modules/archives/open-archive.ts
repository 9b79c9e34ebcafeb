import { gunzipSync } from 'node:zlib';
import type { ArchiveMember } from './archive-member.js';
import type { ModuleContext } from '../module.js';
import { tarMembers } from './tar-members.js';
import { TaskFailure } from '../task-failure.js';
import { zipMembers } from './zip-members.js';

interface Compression {
  readonly magic: Buffer;
  readonly command: string;
  readonly debianPackage: string;
}

/** Formats that Node.js 20 can't unpack: a program of the image does, in a container. */
const compressions: readonly Compression[] = [
  { magic: Buffer.from('fd377a585a00', 'hex'), command: 'xz', debianPackage: 'xz-utils' },
  { magic: Buffer.from('BZh'), command: 'bzip2', debianPackage: 'bzip2' },
  { magic: Buffer.from('28b52ffd', 'hex'), command: 'zstd', debianPackage: 'zstd' },
];

/** The members of an archive; its first bytes decide the format. */
export async function openArchive(
  bytes: Buffer,
  name: string,
  context: ModuleContext,
): Promise<{ kind: 'zip' | 'tar'; members: ArchiveMember[] }> {
  if (bytes.subarray(0, 2).toString('latin1') === 'PK') return { kind: 'zip', members: zipMembers(bytes) };
  if (bytes[0] === 0x1f && bytes[1] === 0x8b)
    return { kind: 'tar', members: checked(tarMembers(gunzip(bytes, name)), name) };
  const packed = compressions.find(({ magic }) => bytes.subarray(0, magic.length).equals(magic));
  const tar = packed === undefined ? bytes : await unpackInContainer(bytes, packed, context);
  return { kind: 'tar', members: checked(tarMembers(tar), name) };
}

function checked(members: ArchiveMember[], name: string): ArchiveMember[] {
  if (members.length === 0) throw new TaskFailure(`'${name}' is not an archive, or it is empty`);
  return members;
}

function gunzip(bytes: Buffer, name: string): Buffer {
  try {
    return gunzipSync(bytes);
  } catch (error) {
    throw new TaskFailure(`'${name}' is a damaged gzip file: ${(error as Error).message}`);
  }
}

const packedPlace = '/tmp/.ansible-packed';
const tarPlace = '/tmp/.ansible-tar';

async function unpackInContainer(
  bytes: Buffer,
  packed: Compression,
  context: ModuleContext,
): Promise<Buffer> {
  const { root } = context;
  const { command, debianPackage } = packed;
  root.put(packedPlace, { type: 'file', mode: 0o600, uid: 0, gid: 0, content: bytes });
  const argv = ['/bin/sh', '-c', `${command} -dc ${packedPlace} > ${tarPlace}`];
  const { exitCode, stderr } = await context.exec({ argv, reads: ['/usr/bin'] });
  root.remove(packedPlace);
  const tar = exitCode === 0 ? root.read(tarPlace) : undefined;
  root.remove(tarPlace);
  if (tar !== undefined) return tar;
  throw new TaskFailure(
    exitCode === 127
      ? `${command} is not in the image: install the package ${debianPackage} before this task`
      : `${command} could not unpack the archive: ${stderr.trim()}`,
  );
}
