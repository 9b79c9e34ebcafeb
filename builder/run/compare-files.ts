import type { Entry } from '../tar/entry.js';
import type { FoundFile } from '../open/image-contents.js';

/** A path in which two images differ. */
export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Differences of a path that both images have: "content", "mode 0644 → 0600" and so on; only "time" if nothing else differs. */
  readonly changes: readonly string[];
  /** Bytes of the content, before and after; null if the path does not exist or is no file. */
  readonly before: number | null;
  readonly after: number | null;
  readonly type: Entry['type'];
  /** The name of the layer that adds it, or that had it before its removal. */
  readonly layer: string;
}

type Files = ReadonlyMap<string, FoundFile>;

/** Returns the differences between the files of two images, by path. `layers` are the names of their layers. */
export function compareFiles(
  [before, after]: readonly [Files, Files],
  layers: readonly [readonly string[], readonly string[]],
): FileDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path) => compareFile(path, [before.get(path), after.get(path)], layers) ?? []);
}

function compareFile(
  path: string,
  [before, after]: readonly [FoundFile | undefined, FoundFile | undefined],
  layers: readonly [readonly string[], readonly string[]],
): FileDifference | undefined {
  const last = after ?? before;
  const changes = before && after ? changesOf(before, after) : [];
  if (last === undefined || (before && after && changes.length === 0)) return undefined;
  const size = (file: FoundFile | undefined) => (file?.entry.type === 'file' ? file.size : null);
  return {
    path,
    kind: before === undefined ? 'added' : after === undefined ? 'removed' : 'changed',
    changes,
    before: size(before),
    after: size(after),
    type: last.entry.type,
    layer: layers[after === undefined ? 0 : 1][last.layer] ?? '',
  };
}

const aspects: readonly ((before: FoundFile, after: FoundFile) => string | undefined)[] = [
  ({ entry: a }, { entry: b }) => told('', a.type, b.type),
  (a, b) => (a.content === b.content || a.entry.type !== b.entry.type ? undefined : 'content'),
  ({ entry: a }, { entry: b }) => told('mode', octal(a.mode), octal(b.mode)),
  ({ entry: a }, { entry: b }) => told('owner', `${a.uid}:${a.gid}`, `${b.uid}:${b.gid}`),
  ({ entry: a }, { entry: b }) => (a.type === b.type ? told('to', a.target, b.target) : undefined),
  ({ entry: a }, { entry: b }) => told('device', a.device?.join(','), b.device?.join(',')),
  ({ entry: a }, { entry: b }) =>
    JSON.stringify(a.xattrs ?? {}) === JSON.stringify(b.xattrs ?? {}) ? undefined : 'attributes',
];

function changesOf(before: FoundFile, after: FoundFile): string[] {
  const found = aspects.flatMap((aspect) => aspect(before, after) ?? []);
  if (found.length > 0) return found;
  return before.entry.mtime === after.entry.mtime ? [] : ['time'];
}

function told(what: string, before = 'none', after = 'none'): string | undefined {
  return before === after ? undefined : `${what} ${before} → ${after}`.trim();
}

function octal(mode: number): string {
  return mode.toString(8).padStart(4, '0');
}
