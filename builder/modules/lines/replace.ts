import type { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { choice, moduleArgs, text } from '../args.js';
import { asBytes, editArgs, finishEdit, pathAliases, readForEdit } from './edit-file.js';
import type { ModuleContext } from '../module.js';
import { pythonRegex } from '../../jinja/python/python-regex.js';
import { firstMatch, substitute } from '../root/module-regex.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const args = moduleArgs(
  {
    ...editArgs,
    regexp: text,
    replace: text.default(''),
    after: text.optional(),
    before: text.optional(),
    encoding: choice('utf-8', 'UTF-8', 'utf8').optional(),
  },
  { aliases: pathAliases },
);

type ReplaceArgs = z.output<typeof args>;

/** `replace`: replaces every match of a regular expression (ansible/modules/replace.py). */
export const replace = defineModule<ReplaceArgs>({
  name: 'replace',
  version: 1,
  kind: 'file',
  args,
  run: runReplace,
});

async function runReplace(args: ReplaceArgs, context: ModuleContext): Promise<TaskResult> {
  const bytes = readForEdit(args, context);
  if (bytes === undefined) throw new TaskFailure(`Path ${args.path} does not exist !`, { rc: 257 });
  const contents = Buffer.from(bytes, 'latin1').toString();
  const section = findSection(args, contents);
  if (section === undefined)
    return {
      changed: false,
      rc: 0,
      msg: `Pattern for before/after params did not match the given file: ${sectionPattern(args)}`,
    };
  const pattern = pythonRegex(args.regexp, { multiline: true });
  const [replaced, count] = substitute(pattern, args.replace, contents.slice(...section));
  const after = contents.slice(0, section[0]) + replaced + contents.slice(section[1]);
  const edit = { before: bytes, after: asBytes(after), msg: `${count} replacements made` };
  return { ...(await finishEdit(args, edit, context)), rc: 0 };
}

function sectionPattern({ after, before }: ReplaceArgs): string | undefined {
  if (after && before) return `${after}(?P<subsection>.*?)${before}`;
  if (after) return `${after}(?P<subsection>.*)`;
  return before ? `(?P<subsection>.*)${before}` : undefined;
}

/** Start and end of the text between `after` and `before`; undefined if they don't match. */
function findSection(args: ReplaceArgs, contents: string): [number, number] | undefined {
  const pattern = sectionPattern(args);
  if (pattern === undefined) return [0, contents.length];
  const expression = pythonRegex(pattern, { dotAll: true });
  const match = firstMatch(new RegExp(expression.source, `${expression.flags}d`), contents);
  return match?.indices?.groups?.['subsection'];
}
