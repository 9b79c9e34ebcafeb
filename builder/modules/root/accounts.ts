import type { View } from '../../plan/view.js';
import { TaskFailure } from '../task-failure.js';

/** The rows of a colon-separated file of /etc; empty if there is no such file. */
export function readTable(root: View, path: string): string[][] {
  if (root.stat(path)?.type !== 'file') return [];
  return root
    .read(path)
    .toString()
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => line.split(':'));
}

// Root has number 0 in every image: not looking it up keeps a step independent of /etc/passwd.
function idIn(root: View, path: string, name: string): number | undefined {
  if (name === 'root') return 0;
  const id = readTable(root, path).find(([first]) => first === name)?.[2];
  return id === undefined ? undefined : Number(id);
}

function nameIn(root: View, path: string, id: number): string | undefined {
  if (id === 0) return 'root';
  return readTable(root, path).find((fields) => fields[2] === String(id))?.[0];
}

/** The number of a user by name or number. @throws TaskFailure if there is no such user */
export function uidOf(root: View, owner: string): number {
  if (/^\d+$/.test(owner)) return Number(owner);
  const uid = idIn(root, '/etc/passwd', owner);
  if (uid === undefined) throw new TaskFailure(`chown failed: failed to look up user ${owner}`);
  return uid;
}

/** The number of a group by name or number. @throws TaskFailure if there is no such group */
export function gidOf(root: View, group: string): number {
  if (/^\d+$/.test(group)) return Number(group);
  const gid = idIn(root, '/etc/group', group);
  if (gid === undefined) throw new TaskFailure(`chgrp failed: failed to look up group ${group}`);
  return gid;
}

/** The user's name, or its number if it has none. */
export function userName(root: View, uid: number): string {
  return nameIn(root, '/etc/passwd', uid) ?? String(uid);
}

/** The group's name, or its number if it has none. */
export function groupName(root: View, gid: number): string {
  return nameIn(root, '/etc/group', gid) ?? String(gid);
}

/** The environment of a user's commands, as `sudo -H` sets it. @throws TaskFailure if there is no such user */
export function environmentOfUser(root: View, user: string): Record<string, string> {
  const fields = readTable(root, '/etc/passwd').find(([name]) => name === user);
  if (fields === undefined) throw new TaskFailure(`there is no user '${user}' in the image (become_user)`);
  const [, , , , , home = '/', shell = ''] = fields;
  return { HOME: home, USER: user, LOGNAME: user, SHELL: shell === '' ? '/bin/sh' : shell };
}

/** Numbers of a user and of its primary group, for its new files. */
export function identityOfUser(root: View, user: string): { uid: number; gid: number } {
  if (user === 'root') return { uid: 0, gid: 0 };
  const fields = readTable(root, '/etc/passwd').find(([name]) => name === user);
  if (fields === undefined) throw new TaskFailure(`there is no user '${user}' in the image (become_user)`);
  return { uid: Number(fields[2]), gid: Number(fields[3]) };
}
