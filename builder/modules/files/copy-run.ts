import { statSync } from 'node:fs';
import { posix } from 'node:path';
import type { TaskResult } from '../../plan/step.js';
import type { CopyArgs } from './copy-args.js';
import { runFile } from './file.js';
import type { HostItem } from './host-items.js';
import type { ModuleContext } from '../module.js';
import { type Placement, placeFile } from '../root/place-file.js';

/** Files with more bytes are not read into memory. */
const large = 16 << 20;

/** Copies content, or files and folders of this machine, into the image. */
export async function runCopy(
  args: CopyArgs,
  items: readonly HostItem[] | undefined,
  context: ModuleContext,
): Promise<TaskResult> {
  if (items === undefined) {
    const bytes = Buffer.from(args.content ?? '');
    return placeFile({ ...placementOf(args), basename: undefined, bytes }, context);
  }
  const [only] = items;
  const single = items.length === 1 && only?.type === 'file' && !only.relative.includes('/');
  const dest = single || args.dest.endsWith('/') ? args.dest : `${args.dest}/`;
  let changed = false;
  let last: TaskResult | undefined;
  for (const item of items) {
    last = await copyItem(item, { ...args, dest }, context);
    changed ||= last.changed;
  }
  if (single && last !== undefined) return { ...last, src: only.name };
  return { changed, dest, src: args.src ?? '' };
}

function placementOf(args: CopyArgs): Omit<Placement, 'basename' | 'bytes'> {
  const { dest, mode, owner, group, force, follow, validate } = args;
  const attributes = { owner, group, mode: mode === 'preserve' ? undefined : mode };
  return { dest, attributes, force, follow, validate, directoryMode: args.directory_mode };
}

function copyItem(item: HostItem, args: CopyArgs, context: ModuleContext): Promise<TaskResult> | TaskResult {
  if (item.type === 'file') {
    const placement = placementOf(args);
    const attributes = { ...placement.attributes, mode: item.mode ?? placement.attributes.mode };
    const { path, digest } = item;
    const isStreamed = item.encrypted !== true && statSync(path).size > large;
    const bytes = isStreamed ? { path, digest } : context.readHost(item);
    return placeFile({ ...placement, attributes, basename: item.relative, bytes }, context);
  }
  const { owner, group } = args;
  const place = posix.join(args.dest, item.relative);
  const common = { path: place, owner, group, recurse: false };
  if (item.type === 'directory')
    return runFile(
      { ...common, state: 'directory', mode: args.directory_mode, follow: true, force: false },
      context,
    );
  return runFile({ ...common, state: 'link', src: item.target, follow: false, force: true }, context);
}
