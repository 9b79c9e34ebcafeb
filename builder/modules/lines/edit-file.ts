import { posix } from 'node:path';
import type { TaskResult } from '../../plan/step.js';
import { flag, path, text } from '../args.js';
import { applyAttributes, attributeArgs, attributesOf, type Attributes } from '../root/attributes.js';
import { makeDirectories } from '../root/make-directories.js';
import type { ModuleContext } from '../module.js';
import { putFile } from '../root/place-file.js';
import { TaskFailure } from '../task-failure.js';
import { validateFile } from '../root/validate-file.js';

/** Arguments common to lineinfile, blockinfile and replace. */
export const editArgs = {
  ...attributeArgs,
  path,
  // Normalisation would drop backup files, so none are made.
  backup: flag.default(false),
  validate: text.optional(),
};

export const pathAliases = { dest: 'path', destfile: 'path', name: 'path' };

interface EditRequest extends Attributes {
  readonly path: string;
  readonly validate?: string | undefined;
}

/** The file's bytes as a string with one character per byte; undefined if there is none. @throws TaskFailure for a directory */
export function readForEdit({ path }: EditRequest, { root }: ModuleContext): string | undefined {
  const entry = root.stat(path);
  if (entry?.type === 'directory') throw new TaskFailure(`Path ${path} is a directory !`, { rc: 256 });
  return entry === undefined ? undefined : root.read(path).toString('latin1');
}

/** UTF-8 bytes of a text, one character per byte, to match `readForEdit`. */
export function asBytes(value: string): string {
  return Buffer.from(value).toString('latin1');
}

/** Writes the edited file if it differs, then sets owner and mode. */
export async function finishEdit(
  request: EditRequest,
  edit: { readonly before: string | undefined; readonly after: string; readonly msg: string },
  context: ModuleContext,
): Promise<TaskResult> {
  const { root } = context;
  const changed = edit.before !== edit.after;
  if (changed) {
    const bytes = Buffer.from(edit.after, 'latin1');
    if (request.validate !== undefined)
      await validateFile(request.validate, { bytes, attributes: {} }, context);
    makeDirectories(context, posix.dirname(request.path), () => undefined);
    putFile(root.realpath(request.path), bytes, context);
  }
  const attributesChanged = applyAttributes(root, request.path, attributesOf(request));
  const messages = [
    changed ? edit.msg : '',
    attributesChanged ? 'ownership, perms or SE linux context changed' : '',
  ];
  const msg = messages.filter((part) => part !== '').join(' and ');
  return { changed: changed || attributesChanged, msg, path: request.path, backup: '' };
}
