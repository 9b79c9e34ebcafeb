import { BuilderError } from '../../errors.js';
import type { CommandUser } from './tool-namespace.js';

type Names = (file: 'passwd' | 'group') => Promise<string>;

/**
 * Resolves `name`, `uid`, `name:group` or `uid:gid` by the root's passwd and group, as Docker does.
 * @throws BuilderError `failed` for an unknown name
 */
export async function findUser(text: string, read: Names): Promise<CommandUser> {
  const [name = '', groupName] = text.split(':');
  if ((name === 'root' || name === '0') && groupName === undefined) return { user: [0, 0], groups: [] };
  const [users, groups] = await Promise.all([read('passwd'), read('group')]);
  const found = fieldsOf(users).find(([login, , uid]) => login === name || uid === name);
  if (found === undefined && !isNumber(name)) throw unknown('user', name, 'passwd');
  const uid = Number(found?.[2] ?? name);
  if (groupName !== undefined) return { user: [uid, groupNumber(groupName, groups)], groups: [] };
  const login = found?.[0];
  const also = fieldsOf(groups).filter(([, , , members = '']) =>
    members.split(',').some((member) => member === login),
  );
  return { user: [uid, Number(found?.[3] ?? 0)], groups: also.map(([, , gid]) => Number(gid)) };
}

/** A user's home in passwd; "/" for an unknown user. */
export function homeOf({ user }: CommandUser, users: string): string {
  const found = fieldsOf(users).find(([, , uid]) => uid === String(user[0]));
  return found?.[5] || '/';
}

function groupNumber(name: string, groups: string): number {
  const found = fieldsOf(groups).find(([group, , gid]) => group === name || gid === name);
  if (found === undefined && !isNumber(name)) throw unknown('group', name, 'group');
  return Number(found?.[2] ?? name);
}

function fieldsOf(text: string): string[][] {
  return text.split('\n').map((line) => line.split(':'));
}

function isNumber(text: string): boolean {
  return /^\d+$/.test(text);
}

function unknown(what: string, name: string, file: string): BuilderError {
  return new BuilderError(`There is no ${what} "${name}" in the image's /etc/${file}`, { code: 'failed' });
}
