import { posix } from 'node:path';
import { statSync } from 'node:fs';
import type { z } from 'zod';
import type { Json, TaskResult } from '../../plan/step.js';
import { flag, mode, modeOrPreserve, moduleArgs, octal, path, text, textOrJson } from '../args.js';
import { attributeArgs } from '../root/attributes.js';
import { runCopy } from './copy-run.js';
import { copyRemote } from './copy-remote.js';
import { type HostItem, hostItems, itemKey } from './host-items.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import type { ModuleContext, ResolveContext } from '../module.js';

const args = moduleArgs(
  {
    ...attributeArgs,
    mode: modeOrPreserve.optional(),
    src: text.optional(),
    content: textOrJson.optional(),
    dest: path,
    // A layer has no use for backup files and the normalisation drops them: none is made.
    backup: flag.default(false),
    force: flag.default(true),
    follow: flag.default(false),
    local_follow: flag.optional(),
    remote_src: flag.default(false),
    directory_mode: mode.optional(),
    validate: text.optional(),
    checksum: text.optional(),
    // Vault is not ours: files are taken as they are.
    decrypt: flag.optional(),
  },
  { refused: {} },
);

export type CopyArgs = z.output<typeof args>;

/** The arguments with all that lies on this machine named by digest. */
export interface ResolvedCopy extends Record<string, unknown> {
  readonly args: CopyArgs;
  /** Undefined for `content` and `remote_src`. */
  readonly items: readonly HostItem[] | undefined;
}

/** `copy`: files and folders of the user's, literal content, or files that the image has (ansible's copy action and module). */
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
  const items = hostItems(found, { trailing, follow: args.local_follow ?? true }, context);
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
