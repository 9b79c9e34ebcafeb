import { posix } from 'node:path';
import { statSync } from 'node:fs';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import { octal } from '../args.js';
import { runCopy } from './copy-run.js';
import { copyRemote } from './copy-remote.js';
import { type HostItem, hostItems, itemKey } from './host-items.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import type { ModuleContext, ResolveContext } from '../module.js';
import { args, type CopyArgs } from './copy-args.js';

/** The arguments, with files of this machine by digest. */
export interface ResolvedCopy extends Record<string, unknown> {
  readonly args: CopyArgs;
  /** Undefined for `content` and `remote_src`. */
  readonly items: readonly HostItem[] | undefined;
}

/** `copy`: files and folders of this machine, literal content, or files of the image (ansible's copy action and module). */
export const copy = defineModule<CopyArgs, ResolvedCopy>({
  name: 'copy',
  version: 1,
  kind: 'file',
  args,
  resolve: resolveCopy,
  keyOf: ({ args, items }): Json => ({
    ...(args as Record<string, Json>),
    items: items?.map(itemKey) ?? null,
  }),
  run: runWithSource,
});

function resolveCopy(args: CopyArgs, context: ResolveContext): ResolvedCopy {
  if (args.content !== undefined || args.remote_src || args.src === undefined)
    return { args, items: undefined };
  const trailing = args.src.endsWith('/');
  const found = context.find('files', args.src);
  const follow = args.local_follow ?? true;
  const items = hostItems(found, { trailing, follow, asItIs: args.decrypt === false }, context);
  if (args.mode !== 'preserve') return { args, items };
  return { args, items: items.map(withMode) };
}

function withMode(item: HostItem): HostItem {
  return item.type === 'file' ? { ...item, mode: octal(statSync(item.path).mode & 0o7777) } : item;
}

function runWithSource({ args, items }: ResolvedCopy, context: ModuleContext): Promise<TaskResult> {
  if (args.src === undefined && args.content === undefined)
    throw new TaskFailure('src (or content) is required');
  if (args.src !== undefined && args.content !== undefined)
    throw new TaskFailure('src and content are mutually exclusive');
  if (args.remote_src && args.src !== undefined) return copyRemote(args, posix.normalize(args.src), context);
  return runCopy(args, items, context);
}
