import { posix } from 'node:path';
import { type Digest, digestOf } from '../../store/digest.js';
import { hashFile } from '../../store/hash-file.js';
import type { TaskResult } from '../../plan/step.js';
import { identityOfUser } from './accounts.js';
import { applyAttributes, type Attributes, fileFacts } from './attributes.js';
import { hexOf } from './checksum.js';
import { umask } from './file-mode.js';
import { makeDirectories } from './make-directories.js';
import type { ModuleContext } from '../module.js';
import { TaskFailure } from '../task-failure.js';
import { validateFile } from './validate-file.js';

/** A file of this machine that is too large for memory. */
export interface LargeFile {
  readonly path: string;
  readonly digest: Digest;
}

/** A file to copy, and how. */
export interface Placement {
  /** Destination; if it ends with a slash or is a directory, the file goes into it. */
  readonly dest: string;
  /** The file's name in a directory (may have folders); undefined to refuse directories. */
  readonly basename: string | undefined;
  readonly bytes: Buffer | LargeFile;
  readonly attributes: Attributes;
  readonly directoryMode?: string | undefined;
  readonly force: boolean;
  /** Write through a link at `dest` instead of replacing it. */
  readonly follow: boolean;
  /** A command with `%s` that must accept the file before it is written. */
  readonly validate?: string | undefined;
}

/** Copies a file into the image by the rules of ansible's copy action and module, also for `template`, `get_url` and others. */
export async function placeFile(placement: Placement, context: ModuleContext): Promise<TaskResult> {
  const { root } = context;
  const dest = destination(placement, context);
  const there = placement.follow ? root.stat(dest) : root.lstat(dest);
  if (there?.type === 'directory') throw new TaskFailure(`${dest} is a directory, expected a file`, { dest });
  if (there !== undefined && !placement.force)
    return { changed: false, msg: 'file already exists', dest, ...fileFacts(root, dest) };
  const place = placement.follow || there?.type === 'file' ? root.realpath(dest) : dest;
  const { bytes } = placement;
  const digest = Buffer.isBuffer(bytes) ? digestOf(bytes) : bytes.digest;
  const same = there?.type === 'file' && there.content?.digest === digest;
  if (!same) await write(place, placement, context);
  const attributesChanged = applyAttributes(root, place, placement.attributes);
  return {
    changed: !same || attributesChanged,
    dest,
    checksum: Buffer.isBuffer(bytes) ? hexOf(bytes, 'sha1') : hashFile(bytes.path, 'sha1'),
    ...fileFacts(root, place),
  };
}

function destination({ dest, basename }: Placement, { root }: ModuleContext): string {
  if (basename === undefined) {
    if (dest.endsWith('/') || root.stat(dest)?.type === 'directory')
      throw new TaskFailure('can not use content with a dir as dest', { dest });
    return dest;
  }
  const inside = dest.endsWith('/') || root.stat(dest)?.type === 'directory';
  return inside ? posix.join(dest, basename) : dest;
}

async function write(place: string, placement: Placement, context: ModuleContext): Promise<void> {
  const { root } = context;
  const parent = posix.dirname(place);
  if (root.stat(parent)?.type !== 'directory') {
    if (!placement.dest.endsWith('/'))
      throw new TaskFailure(`Destination directory ${parent} does not exist`, { dest: place });
    const { owner, group } = placement.attributes;
    makeDirectories(context, parent, (made) =>
      applyAttributes(root, made, { owner, group, mode: placement.directoryMode }),
    );
  }
  if (placement.validate !== undefined) await validateFile(placement.validate, placement, context);
  putFile(place, placement.bytes, context);
}

/** Writes a file: keeps owner and mode of an existing one, and replaces a link. */
export function putFile(place: string, bytes: Buffer | LargeFile, { root, user }: ModuleContext): void {
  const before = root.lstat(place);
  const kept = before?.type === 'file' ? before : { mode: 0o666 & ~umask, ...identityOfUser(root, user) };
  const { mode, uid, gid } = kept;
  const content = Buffer.isBuffer(bytes) ? { content: bytes } : { hostFile: bytes.path };
  root.put(place, { type: 'file', mode, uid, gid, ...content });
}
