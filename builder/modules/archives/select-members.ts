import type { ArchiveMember } from './archive-member.js';
import { globPattern } from '../root/glob.js';
import { TaskFailure } from '../task-failure.js';
import type { UnarchiveArgs } from './unarchive-args.js';

interface Options {
  strip: number;
  ownByRoot: boolean;
  wildcards: boolean;
  exclude: string[];
}

/** The members that the task wants, with their new names. @throws TaskFailure for unsafe names and unsupported options */
export function selectMembers(
  members: readonly ArchiveMember[],
  args: UnarchiveArgs,
  kind: 'zip' | 'tar',
): ArchiveMember[] {
  const options = parseOptions(args.extra_opts, kind);
  const excludes = [...args.exclude.map((name) => name.replace(/\/+$/, '')), ...options.exclude].map(
    globPattern,
  );
  const included = includes(args.include, kind === 'zip' || options.wildcards);
  const selected = members
    .filter(({ path }) => included(path) && !excludes.some((pattern) => excluded(path, pattern)))
    .map((member) => renamed(member, options))
    .filter((member) => member !== undefined);
  for (const member of selected) checkName(member);
  if (members.length > 0 && selected.length === 0 && args.include.length > 0)
    throw new TaskFailure(`nothing in the archive is named ${args.include.join(', ')}`);
  return selected;
}

const harmless =
  /^(-[oqnv]+|--(no-same-permissions|same-owner|preserve-permissions|no-xattrs|no-acls|no-selinux|warning=.*))$/;

function parseOptions(given: readonly string[], kind: 'zip' | 'tar'): Options {
  const options: Options = { strip: 0, ownByRoot: false, wildcards: false, exclude: [] };
  const words = given.flatMap((option) => option.split(/\s+/)).filter(Boolean);
  for (let word = words.shift(); word !== undefined; word = words.shift()) {
    const [name, value] = word.split(/=(.*)/s, 2) as [string, string | undefined];
    if (kind === 'tar' && /^--strip(-components)?$/.test(name))
      options.strip = Number(value ?? words.shift());
    else if (kind === 'tar' && name === '--exclude') options.exclude.push(value ?? words.shift() ?? '');
    else if (kind === 'tar' && name === '--no-same-owner') options.ownByRoot = true;
    else if (kind === 'tar' && name === '--wildcards') options.wildcards = true;
    else if (!harmless.test(word))
      throw new TaskFailure(
        `extra_opts: ${word} is not supported; known: --strip-components=N, --exclude=PATTERN, --no-same-owner, --wildcards`,
      );
  }
  return options;
}

function includes(wanted: readonly string[], wildcards: boolean): (path: string) => boolean {
  if (wanted.length === 0) return () => true;
  const names = wanted.map((name) => name.replace(/\/+$/, ''));
  const patterns = wildcards ? names.map(globPattern) : [];
  return (path) =>
    names.some((name) => path === name || path.startsWith(`${name}/`)) ||
    patterns.some((pattern) => pattern.test(path));
}

/** GNU tar's --exclude: the pattern may match from any part of the path on, and excludes everything below a match. */
function excluded(path: string, pattern: RegExp): boolean {
  const parts = path.split('/');
  return parts.some((_, from) =>
    parts.slice(from).some((__, length) => pattern.test(parts.slice(from, from + length + 1).join('/'))),
  );
}

function renamed(member: ArchiveMember, { strip, ownByRoot }: Options): ArchiveMember | undefined {
  const path = stripped(member.path, strip);
  if (path === '') return undefined;
  const target = member.type === 'hardlink' ? stripped(member.target, strip) : member.target;
  const owner = ownByRoot ? { uid: 0, gid: 0, userName: 'root', groupName: 'root' } : {};
  return { ...member, path, target, ...owner };
}

function stripped(path: string, strip: number): string {
  const parts = path.split('/').filter((part, index) => part !== '' && !(part === '.' && index > 0));
  const rest = parts[0] === '.' && parts.length > 1 && strip === 0 ? parts.slice(1) : parts.slice(strip);
  return rest.join('/');
}

function checkName({ path, type, target }: ArchiveMember): void {
  const leaves = (name: string): boolean => name.split('/').includes('..');
  if (leaves(path)) throw new TaskFailure(`the archive is unsafe: ${path} leaves the destination`);
  if (type === 'hardlink' && leaves(target))
    throw new TaskFailure(`the archive is unsafe: ${path} is linked to ${target}`);
}
