import { posix } from 'node:path';
import type { View } from '../../plan/view.js';

/** Converts a shell pattern for one name to a regular expression: `*`, `?`, `[a-z]`, `[!a]` (Python's fnmatch). */
export function globPattern(pattern: string): RegExp {
  const source = pattern.replace(
    /\[(!?)([^\]]+)\]|[*?]|[.+^${}()|\\[\]]/g,
    (found, not: string, set: string) => {
      if (found === '*') return '.*';
      if (found === '?') return '.';
      return set === undefined ? `\\${found}` : `[${not === '!' ? '^' : ''}${set.replaceAll('\\', '\\\\')}]`;
    },
  );
  return new RegExp(`^(?:${source})$`, 's');
}

/** The paths that match a pattern, sorted (Python's glob.glob: hidden names need an explicit dot). */
export function glob(root: View, pattern: string): string[] {
  let found = ['/'];
  for (const part of pattern.split('/').filter(Boolean)) {
    const wild = /[*?[]/.test(part);
    found = found.flatMap((folder) =>
      wild ? matching(root, folder, part) : [posix.join(folder, part)].filter((path) => root.lstat(path)),
    );
  }
  return found;
}

function matching(root: View, folder: string, part: string): string[] {
  const expression = globPattern(part);
  return root
    .readdir(folder)
    .filter((name) => expression.test(name) && (part.startsWith('.') || !name.startsWith('.')))
    .map((name) => posix.join(folder, name));
}

/** Whether any path matches the pattern. */
export function matchesAny(root: View, pattern: string): boolean {
  return glob(root, pattern).length > 0;
}
