import type { ModuleContext } from '../module.js';
import { TaskFailure } from '../task-failure.js';
import { identityOfUser } from './accounts.js';
import { umask } from './file-mode.js';

/** Makes a directory and its missing parents; calls `made` for each new one. */
export function makeDirectories(context: ModuleContext, path: string, made: (path: string) => void): void {
  const { root, user } = context;
  let at = '';
  for (const name of path.split('/').filter(Boolean)) {
    at += `/${name}`;
    const there = root.stat(at);
    if (there?.type === 'directory') continue;
    if (there !== undefined || root.lstat(at) !== undefined)
      throw new TaskFailure(`There was an issue creating ${at} as requested: it is not a directory`, {
        path,
      });
    root.put(at, { type: 'directory', mode: 0o777 & ~umask, ...identityOfUser(root, user) });
    made(at);
  }
}
