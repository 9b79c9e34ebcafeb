import { posix } from 'node:path';
import { readTable } from '../root/accounts.js';
import type { ModuleContext } from '../module.js';

const searchPath = '/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin';

function variables({
  root,
  user,
  environment,
  baseEnvironment,
}: ModuleContext): Readonly<Record<string, string>> {
  const home = readTable(root, '/etc/passwd').find(([name]) => name === user)?.[5] ?? '/root';
  return { HOME: home, PATH: searchPath, LANG: 'C.UTF-8', ...baseEnvironment, ...environment };
}

/** Expands `$NAME`, `${NAME}` and a leading `~` (os.path.expandvars and expanduser); keeps unknown variables. */
export function expandArgument(word: string, context: ModuleContext): string {
  if (!/[$~]/.test(word)) return word;
  const known = variables(context);
  const expanded = word.replace(
    /\$(?:(\w+)|\{([^}]*)\})/g,
    (whole, plain?: string, braced?: string) => known[plain ?? braced ?? ''] ?? whole,
  );
  return expanded.replace(/^~(?=\/|$)/, known['HOME'] ?? '/root');
}

/** Whether the image has the program, by path or in PATH. */
export function programExists(program: string, context: ModuleContext): boolean {
  const { root } = context;
  // A relative path can be resolved only when the command runs.
  if (program.includes('/')) return !program.startsWith('/') || root.stat(program) !== undefined;
  const folders = (variables(context)['PATH'] ?? searchPath).split(':');
  return folders.some((folder) => root.stat(posix.join(folder, program))?.type === 'file');
}
