import { posix } from 'node:path';
import type { TaskResult } from '../../plan/step.js';
import type { Json } from '../../json.js';
import { matchesAny } from '../root/glob.js';
import type { HostFile, ModuleContext, ResolveContext } from '../module.js';
import { openArchive } from './open-archive.js';
import { selectMembers } from './select-members.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import { unpackMembers } from './unpack-members.js';
import { fetchUrl, hostFileOf } from '../downloads/url-source.js';
import { args, type UnarchiveArgs } from './unarchive-args.js';

interface ResolvedUnarchive extends Record<string, unknown> {
  readonly args: UnarchiveArgs;
  readonly local?: HostFile | undefined;
}

/** `unarchive`: unpacks a tar or a zip into a folder of the image (ansible/modules/unarchive.py). */
export const unarchive = defineModule<UnarchiveArgs, ResolvedUnarchive>({
  name: 'unarchive',
  version: 1,
  kind: 'file',
  args,
  resolve: (args, context) => ({ args, local: localArchive(args, context) }),
  // A file of this machine counts by its digest, not by its name.
  keyOf: ({ args, local }): Json => {
    const { src, ...rest } = args;
    return { ...(rest as Record<string, Json>), src: local?.digest ?? src };
  },
  run: ({ args, local }, context) => runUnarchive(args, local, context),
});

function localArchive(args: UnarchiveArgs, context: ResolveContext): HostFile | undefined {
  if (args.src.includes('://')) return hostFileOf(args.src, context);
  if (args.remote_src || args.copy === false) return undefined;
  return context.file(context.find('files', args.src), args.decrypt === false);
}

async function runUnarchive(
  args: UnarchiveArgs,
  local: HostFile | undefined,
  context: ModuleContext,
): Promise<TaskResult> {
  const { root } = context;
  const { src, dest, creates } = args;
  if (args.include.length > 0 && args.exclude.length > 0)
    throw new TaskFailure('parameters are mutually exclusive: include|exclude');
  if (creates !== undefined && matchesAny(root, creates))
    return { changed: false, skipped: true, msg: `skipped, since ${creates} exists` };
  const bytes = await readSource(src, local, context);
  if (bytes.length === 0) throw new TaskFailure(`Invalid archive '${src}', the file is 0 bytes`);
  if (root.stat(dest)?.type !== 'directory')
    throw new TaskFailure(`Destination '${dest}' is not a directory`);
  const { kind, members } = await openArchive(bytes, src, context);
  const selected = selectMembers(members, args, kind);
  const changed = unpackMembers(selected, args, context);
  const files = selected.map(({ path, type }) => (type === 'directory' ? `${path}/` : path));
  const handler = kind === 'zip' ? 'ZipArchive' : 'TgzArchive';
  return { changed, dest, src, handler, ...(args.list_files && { files }) };
}

async function readSource(src: string, local: HostFile | undefined, context: ModuleContext): Promise<Buffer> {
  if (local !== undefined) return context.readHost(local);
  if (src.includes('://'))
    return (await fetchUrl(src, { timeout: 30, http_agent: 'ansible-httpget' }, undefined)).bytes;
  const { root } = context;
  const place = posix.normalize(src);
  if (root.stat(place)?.type !== 'file') throw new TaskFailure(`Source '${src}' does not exist`);
  return root.read(place);
}
