import type { Entry } from '../../tar/entry.js';
import type { Json } from '../../json.js';
import type { Root } from '../../plan/view.js';
import { gidOf, groupName, uidOf, userName } from './accounts.js';
import { flag, mode, octal, text } from '../args.js';
import { modeFor } from './file-mode.js';

/** Arguments of every module that makes files (Ansible's "files" documentation fragment). */
export const attributeArgs = {
  mode: mode.optional(),
  owner: text.optional(),
  group: text.optional(),
  // How Ansible writes, not what: here every write is whole.
  unsafe_writes: flag.optional(),
};

/** Owner and mode that a task asks for. */
export interface Attributes {
  readonly mode?: string | undefined;
  readonly owner?: string | undefined;
  readonly group?: string | undefined;
}

/** The attributes among a module's arguments. */
export function attributesOf(args: Attributes): Attributes {
  return { mode: args.mode, owner: args.owner, group: args.group };
}

/** Gives the path these attributes, a last symlink not followed; true where something was different. */
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

/** chown(2) takes setuid, and setgid of an executable, from what is not a directory. */
function modeAfterChown(entry: Entry): number {
  if (entry.type !== 'file' && entry.type !== 'hardlink') return entry.mode;
  return entry.mode & ~0o4000 & ((entry.mode & 0o010) === 0 ? 0o7777 : ~0o2000);
}

const stateOf: Partial<Record<Entry['type'], string>> = { directory: 'directory', symlink: 'link' };

/** What Ansible adds to the result of a module that made or changed a file. */
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
