import type { FileDifference } from '../../run/compare-files.js';

/** A difference in files, or a whole folder of them. */
export interface FoldedDifference extends FileDifference {
  /** Number of paths below a folder that were added or removed with it. */
  readonly below: number;
}

/** Merges the differences of an added or removed folder into one, with the size of all its contents. */
export function foldFiles(differences: readonly FileDifference[]): FoldedDifference[] {
  const folded: FoldedDifference[] = [];
  let folder: { -readonly [K in keyof FoldedDifference]: FoldedDifference[K] } | undefined;
  // In the order of paths, what is below a folder may come after its neighbours: "/a", "/a.b", "/a/c".
  for (const one of [...differences].sort((a, b) => (sortable(a) < sortable(b) ? -1 : 1))) {
    if (folder !== undefined && one.kind === folder.kind && one.path.startsWith(`${folder.path}/`)) {
      folder.below += 1;
      folder.before = sum(folder.before, one.before);
      folder.after = sum(folder.after, one.after);
      if (one.layer !== folder.layer) folder.layer = '';
      continue;
    }
    const added = { ...one, below: 0 };
    folded.push(added);
    folder = one.type === 'directory' && one.kind !== 'changed' ? added : undefined;
  }
  return folded;
}

function sortable({ path }: FileDifference): string {
  return path.replaceAll('/', '\0');
}

function sum(one: number | null, two: number | null): number | null {
  return one === null && two === null ? null : (one ?? 0) + (two ?? 0);
}
