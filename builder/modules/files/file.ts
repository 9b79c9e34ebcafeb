import { posix } from 'node:path';
import type { TaskResult } from '../../plan/step.js';
import { fileFacts } from '../root/attributes.js';
import { fileStates } from './file-states.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import type { ModuleContext } from '../module.js';
import { args, type FileArgs, type FileState } from './file-args.js';

/** `file`: directories, links, empty files, removal, owners and modes (ansible/modules/file.py). */
export const file = defineModule<FileArgs>({
  name: 'file',
  version: 1,
  kind: 'file',
  args,
  run: runFile,
});

/** Runs `file` with these arguments; also for other modules, as in Ansible. */
export function runFile(given: FileArgs, context: ModuleContext): TaskResult {
  const { root } = context;
  const args = { ...given, path: withBasename(given, context) };
  const before = root.lstat(args.path);
  const state = args.state ?? presentState(before?.type, args.recurse);
  if (args.recurse && state !== 'directory')
    throw new TaskFailure("recurse option requires state to be 'directory'", { path: args.path });
  if (args.src !== undefined && state !== 'link' && state !== 'hard')
    throw new TaskFailure("src option requires state to be 'link' or 'hard'", { path: args.path });
  const result = fileStates[state](args, context);
  return { ...fileFacts(root, result.path), ...result };
}

function presentState(type: string | undefined, recurse: boolean): FileState {
  if (type === 'directory') return 'directory';
  if (type === 'symlink') return 'link';
  return type === undefined && recurse ? 'directory' : 'file';
}

/** A hard link into a directory gets the name of its source (file.py, additional_parameter_handling). */
function withBasename({ path, src, state }: FileArgs, { root }: ModuleContext): string {
  const clean = path.length > 1 ? path.replace(/\/$/, '') : path;
  if (src === undefined || state === 'link' || state === 'absent') return clean;
  return root.stat(clean)?.type === 'directory' ? posix.join(clean, posix.basename(src)) : clean;
}
