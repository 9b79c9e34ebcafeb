import { posix } from 'node:path';
import { digestOf } from '../../store/digest.js';
import { AccountNames } from '../accounts/account-names.js';
import { applyAttributes, attributesOf } from '../root/attributes.js';
import type { ArchiveMember } from './archive-member.js';
import { makeDirectories } from '../root/make-directories.js';
import type { ModuleContext } from '../module.js';
import { TaskFailure } from '../task-failure.js';
import type { UnarchiveArgs } from './unarchive-args.js';

/** Unpacks members below `dest` as GNU tar does for root, then sets owner and mode; true if anything changed. */
export function unpackMembers(
  members: readonly ArchiveMember[],
  args: UnarchiveArgs,
  context: ModuleContext,
): boolean {
  const names = new AccountNames(context.root);
  const links = new Set<string>();
  const tops = new Set<string>();
  let changed = false;
  for (const member of members) {
    const place = posix.join(args.dest, member.path);
    checkParents(place, links);
    if (member.type === 'symlink') links.add(place);
    const [top = ''] = member.path.split('/');
    if (member.path.includes('/') || member.type === 'directory') tops.add(posix.join(args.dest, top));
    changed = unpackMember(member, place, { args, context, names }) || changed;
  }
  for (const top of tops) changed = applyAttributes(context.root, top, attributesOf(args)) || changed;
  return changed;
}

/** Refuses members below a link of the archive, which could lead out of the destination. */
function checkParents(place: string, links: ReadonlySet<string>): void {
  for (let at = posix.dirname(place); at !== '/'; at = posix.dirname(at))
    if (links.has(at)) throw new TaskFailure(`the archive is unsafe: ${place} lies behind its link ${at}`);
}

interface Work {
  readonly args: UnarchiveArgs;
  readonly context: ModuleContext;
  readonly names: AccountNames;
}

function unpackMember(member: ArchiveMember, place: string, work: Work): boolean {
  const { args, context, names } = work;
  const { root } = context;
  const before = root.lstat(place);
  if (args.keep_newer && before?.type === 'file' && before.mtime > member.mtime) return false;
  makeDirectories(context, posix.dirname(place), () => undefined);
  const uid = args.owner === undefined ? names.uid(member.userName, member.uid) : (before?.uid ?? 0);
  const gid = args.group === undefined ? names.gid(member.groupName, member.gid) : (before?.gid ?? 0);
  const { type, target } = member;
  const mode = args.mode !== undefined && before?.type === type ? before.mode : member.mode;
  let made = false;
  if (type === 'directory') {
    made = before?.type !== 'directory';
    if (made) root.put(place, { type, mode, uid, gid });
  } else if (type === 'symlink') {
    made = before?.type !== 'symlink' || before.target !== target;
    if (made) root.put(place, { type, target, uid, gid });
  } else if (type === 'hardlink') return linkMember(place, posix.join(args.dest, target), work);
  else {
    const bytes = member.bytes();
    made = before?.type !== 'file' || before.content?.digest !== digestOf(bytes);
    if (made) root.put(place, { type, mode, uid, gid, content: bytes });
  }
  const moved = !made && moveOwner(place, { uid, gid, mode }, work);
  const attributed = applyAttributes(root, place, attributesOf(args));
  return made || moved || attributed;
}

function moveOwner(place: string, wanted: { uid: number; gid: number; mode: number }, work: Work): boolean {
  const { root } = work.context;
  const entry = root.lstat(place);
  if (entry === undefined) return false;
  const { uid, gid } = wanted;
  const mode = entry.type === 'symlink' ? entry.mode : wanted.mode;
  if (entry.uid === uid && entry.gid === gid && entry.mode === mode) return false;
  root.touch(place, { uid, gid, mode });
  return true;
}

function linkMember(place: string, target: string, { context }: Work): boolean {
  const { root } = context;
  const [source, before] = [root.lstat(target), root.lstat(place)];
  if (source === undefined)
    throw new TaskFailure(`the archive links ${place} to ${target}, which is not there`);
  if (before?.type === 'file' && before.content?.digest === source.content?.digest) return false;
  root.put(place, { type: 'hardlink', target });
  return true;
}
