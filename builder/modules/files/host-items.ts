import { readdirSync, readlinkSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Json } from '../../json.js';
import type { Digest } from '../../store/digest.js';
import type { ResolveContext } from '../module.js';

/** A file, folder or link of this machine for `copy`, by its path in the destination. */
export type HostItem =
  | {
      readonly type: 'file';
      readonly relative: string;
      readonly name: string;
      readonly path: string;
      readonly digest: Digest;
      readonly asItIs?: true;
      readonly encrypted?: true;
      /** Only for `mode: preserve`. */
      readonly mode?: string | undefined;
    }
  | { readonly type: 'directory'; readonly relative: string; readonly mode?: undefined }
  | {
      readonly type: 'symlink';
      readonly relative: string;
      readonly target: string;
      readonly mode?: undefined;
    };

/** The parts of an item for a step's key, without its path on this machine. */
export function itemKey(item: HostItem): Json {
  const { type, relative } = item;
  if (item.type === 'file') return { type, relative, digest: item.digest, mode: item.mode ?? null };
  return item.type === 'symlink' ? { type, relative, target: item.target } : { type, relative };
}

interface Options {
  /** `src` ends with a slash: copy the folder's contents, not the folder. */
  readonly trailing: boolean;
  /** Copy the targets of links, not the links. */
  readonly follow: boolean;
  /** Don't decrypt files of ansible-vault. */
  readonly asItIs: boolean;
}

/** A file, or a folder's contents in the order of ansible's copy action: sorted, files before folders. */
export function hostItems(found: string, options: Options, context: ResolveContext): HostItem[] {
  const path = found.replace(/(?!^)\/+$/, '');
  if (!statSync(path).isDirectory()) return [fileItem(path, basename(path), { ...options, context })];
  const items: HostItem[] = [];
  walk(path, options.trailing ? '' : basename(path), (item) => items.push(item), { ...options, context });
  const rank = { file: 0, directory: 1, symlink: 2 };
  return items.sort((a, b) => rank[a.type] - rank[b.type] || (a.relative < b.relative ? -1 : 1));
}

function fileItem(
  path: string,
  relative: string,
  { asItIs, context }: { readonly asItIs: boolean; readonly context: ResolveContext },
): HostItem {
  return { type: 'file', relative, ...context.file(path, asItIs) };
}

function walk(
  folder: string,
  relative: string,
  add: (item: HostItem) => void,
  options: { readonly follow: boolean; readonly asItIs: boolean; readonly context: ResolveContext },
): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name);
    const inside = join(relative, entry.name);
    if (entry.isSymbolicLink() && !options.follow)
      add({ type: 'symlink', relative: inside, target: readlinkSync(path) });
    else if (statSync(path).isDirectory()) {
      add({ type: 'directory', relative: inside });
      walk(path, inside, add, options);
    } else add(fileItem(path, inside, options));
  }
}
