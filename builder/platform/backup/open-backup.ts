import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { BuilderError } from '../../errors.js';
import { checkSum, countAt, textAt } from '../../tar/tar-fields.js';
import { blockSize, padding } from '../../tar/tar-header.js';
import {
  type BackupManifest,
  backupManifestSchema,
  backupMarkSchema,
  backupVersion,
  type MemberName,
  members,
} from './backup-manifest.js';

/** A backup that was found to be whole: each member is what its checksum says. */
export interface Backup {
  readonly file: string;
  readonly manifest: BackupManifest;
  /** In bytes. */
  readonly size: number;
  read(name: MemberName): Readable;
}

interface Member {
  readonly name: string;
  readonly offset: number;
  readonly size: number;
}

/** More than any of the small members has. */
const smallSize = 1 << 20;

/** Opens a backup and reads all of it once. @throws BuilderError `invalid` for another file, one that is cut short or damaged; `not-found` */
export async function openBackup(file: string): Promise<Backup> {
  const handle = await open(file, 'r').catch((cause: unknown) => {
    const isMissing = (cause as NodeJS.ErrnoException).code === 'ENOENT';
    throw new BuilderError(
      isMissing ? `There is no file ${file}` : `${file} can't be read: ${(cause as Error).message}`,
      { code: 'not-found', cause },
    );
  });
  try {
    const { size } = await handle.stat();
    const found = await membersOf(handle, { file, size });
    const manifest = await manifestOf(handle, found[0], file);
    const sums = found.at(-1);
    if (sums?.name !== members.sums || sums.size > smallSize) throw cutShort(file);
    const known = parseSums(await textOf(handle, sums));
    for (const member of found.slice(0, -1))
      if (known.get(member.name) !== (await sumOf(file, member)))
        throw damagedFile(file, `${member.name} is not what its checksum says`);
    const missing = Object.values(members).find((name) => !found.some((member) => member.name === name));
    if (missing !== undefined) throw damagedFile(file, `it has no ${missing}`);
    const placeOf = (name: MemberName) => found.find((member) => member.name === name) as Member;
    return { file, manifest, size, read: (name) => streamOf(file, placeOf(name)) };
  } catch (error) {
    if (error instanceof BuilderError) throw error;
    throw new BuilderError(`${file} can't be read: ${(error as Error).message}`, {
      code: 'failed',
      cause: error,
    });
  } finally {
    await handle.close();
  }
}

/** The first must be the manifest: nothing else is looked for in a file of others. */
async function membersOf(
  handle: FileHandle,
  { file, size }: { readonly file: string; readonly size: number },
): Promise<Member[]> {
  const found: Member[] = [];
  for (let at = 0; ;) {
    const header = await bytesAt(handle, at, blockSize);
    if (found.length > 0 && header.length < blockSize) throw cutShort(file);
    if (header.length === blockSize && header.every((byte) => byte === 0)) return found;
    const member = headerOf(header, at);
    if (found.length === 0 && member?.name !== members.manifest) throw notABackup(file);
    if (member === undefined) throw damagedFile(file, 'a header in it is none');
    const end = member.offset + member.size + padding(member.size).length;
    if (end > size) throw cutShort(file);
    found.push(member);
    at = end;
  }
}

function headerOf(header: Buffer, at: number): Member | undefined {
  try {
    if (header.length < blockSize) return undefined;
    checkSum(header);
    return { name: textAt(header, 0, 100), size: countAt(header, 124, 12), offset: at + blockSize };
  } catch {
    return undefined;
  }
}

async function manifestOf(
  handle: FileHandle,
  member: Member | undefined,
  file: string,
): Promise<BackupManifest> {
  if (member === undefined || member.size > smallSize) throw notABackup(file);
  const data = jsonOf(await textOf(handle, member));
  const mark = backupMarkSchema.safeParse(data);
  if (!mark.success) throw notABackup(file);
  if (mark.data.version > backupVersion)
    throw new BuilderError(`${file} was made by a newer platen (format ${mark.data.version})`, {
      code: 'invalid',
      hint: `This one reads format ${backupVersion}: restore it with the platen that made it, or a later one.`,
    });
  const manifest = backupManifestSchema.safeParse(data);
  if (!manifest.success) throw damagedFile(file, `${members.manifest} does not say what it should`);
  return manifest.data;
}

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

async function textOf(handle: FileHandle, { offset, size }: Member): Promise<string> {
  return (await bytesAt(handle, offset, size)).toString('utf8');
}

/** Fewer where the file ends before. */
async function bytesAt(handle: FileHandle, position: number, size: number): Promise<Buffer> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(size), 0, size, position);
  return buffer.subarray(0, bytesRead);
}

function streamOf(file: string, { offset, size }: Member): Readable {
  return size === 0 ? Readable.from([]) : createReadStream(file, { start: offset, end: offset + size - 1 });
}

async function sumOf(file: string, member: Member): Promise<string> {
  const hash = createHash('sha256');
  for await (const chunk of streamOf(file, member)) hash.update(chunk as Buffer);
  return hash.digest('hex');
}

function parseSums(text: string): ReadonlyMap<string, string> {
  const lines = text.split('\n').map((line) => /^([0-9a-f]{64}) {2}(.+)$/.exec(line));
  return new Map(lines.flatMap((match) => (match === null ? [] : [[match[2] ?? '', match[1] ?? '']])));
}

function notABackup(file: string): BuilderError {
  return new BuilderError(`${file} is no backup of platen's`, {
    code: 'invalid',
    hint: 'Give a file that "platen backup" wrote.',
  });
}

function cutShort(file: string): BuilderError {
  return new BuilderError(`${file} is cut short: the end of the backup is missing`, {
    code: 'invalid',
    hint: 'Copy it again, or take another backup. Nothing was changed.',
  });
}

function damagedFile(file: string, how: string): BuilderError {
  return new BuilderError(`${file} is damaged: ${how}`, {
    code: 'invalid',
    hint: 'Copy it again, or take another backup. Nothing was changed.',
  });
}
