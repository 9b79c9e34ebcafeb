import type { Entry } from '../../tar/entry.js';
import type { Json } from '../../json.js';
import type { Root } from '../../plan/view.js';
import { gidOf, groupName, uidOf, userName } from './accounts.js';
import { flag, mode, octal, text } from '../args.js';
import { modeFor } from './file-mode.js';

/** Arguments of every module that creates files (Ansible's "files" documentation fragment). */
export const attributeArgs = {
  mode: mode.optional(),
  owner: text.optional(),
  group: text.optional(),
  // Without effect: every write is atomic here.
  unsafe_writes: flag.optional(),
};

/** Owner and mode for a path. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** Picks the attributes from a module's arguments. */
export function attributesOf(args: Attributes): Attributes {
  return { mode: args.mode, owner: args.owner, group: args.group };
}

/** Sets a path's attributes without following a last symlink; true if anything changed. */
export function applyAttributes(root: Root, path: string, attributes: Attributes): boolean {
  const entry = root.lstat(path);
  if (entry === undefined) return false;
  const uid = attributes.owner === undefined ? entry.uid : uidOf(root, attributes.owner);
  const gid = attributes.group === undefined ? entry.gid : gidOf(root, attributes.group);
  const owned = uid !== entry.uid || gid !== entry.gid;
  const kept = owned ? modeAfterChown(entry) : entry.mode;
  const wanted =
    attributes.mode === undefined || entry.type === 'symlink'
      ? kept
      : modeFor(attributes.mode, { ...entry, mode: kept });
  if (!owned && wanted === entry.mode) return false;
  root.touch(path, { uid, gid, mode: wanted });
  return true;
}

/** chown(2) clears setuid, and setgid of executables, except on directories. */
function modeAfterChown(entry: Entry): number {
  if (entry.type !== 'file' && entry.type !== 'hardlink') return entry.mode;
  return entry.mode & ~0o4000 & ((entry.mode & 0o010) === 0 ? 0o7777 : ~0o2000);
}

const stateOf: Partial<Record<Entry['type'], string>> = { directory: 'directory', symlink: 'link' };

/** The facts that Ansible adds to the result of a module for files. */
export function fileFacts(root: Root, path: string): Record<string, Json> {
  const entry = root.lstat(path);
  if (entry === undefined) return { state: 'absent' };
  return {
    uid: entry.uid,
    gid: entry.gid,
    owner: userName(root, entry.uid),
    group: groupName(root, entry.gid),
    mode: octal(entry.mode),
    state: stateOf[entry.type] ?? 'file',
    size: entry.content?.slice.size ?? (entry.type === 'symlink' ? (entry.target ?? '').length : 4096),
  };
}
