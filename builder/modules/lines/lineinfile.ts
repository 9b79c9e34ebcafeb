import type { TaskResult } from '../../plan/step.js';
import { asBytes, finishEdit, readForEdit } from './edit-file.js';
import { linesOf } from '../root/text-lines.js';
import { insertLine } from './insert-line.js';
import type { ModuleContext } from '../module.js';
import { pythonRegex } from '../../jinja/python/python-regex.js';
import { firstMatch } from '../root/module-regex.js';
import { defineModule, TaskFailure } from '../task-failure.js';
import { args, type LineArgs } from './line-args.js';

/** `lineinfile`: ensures that a line is present or absent (ansible/modules/lineinfile.py). */
export const lineinfile = defineModule<LineArgs>({
  name: 'lineinfile',
  version: 1,
  kind: 'file',
  args,
  run: runLineinfile,
});

const exclusive: readonly (readonly [keyof LineArgs, keyof LineArgs])[] = [
  ['insertbefore', 'insertafter'],
  ['regexp', 'search_string'],
];

function runLineinfile(args: LineArgs, context: ModuleContext): Promise<TaskResult> | TaskResult {
  for (const [one, other] of exclusive)
    if (args[one] !== undefined && args[other] !== undefined)
      throw new TaskFailure(`parameters are mutually exclusive: ${String(one)}|${String(other)}`);
  const before = readForEdit(args, context);
  return args.state === 'present' ? present(args, before, context) : absent(args, before, context);
}

function present(args: LineArgs, before: string | undefined, context: ModuleContext): Promise<TaskResult> {
  if (args.backrefs && args.regexp === undefined)
    throw new TaskFailure('regexp is required with backrefs=true');
  if (args.line === undefined) throw new TaskFailure('line is required with state=present');
  if (before === undefined && !args.create)
    throw new TaskFailure(`Destination ${args.path} does not exist !`, { rc: 257 });
  const lines = linesOf(before ?? '');
  const msg = insertLine(lines, args, asBytes(args.line));
  const after = lines.join('');
  return finishEdit(args, { before: msg === '' && before === undefined ? '' : before, after, msg }, context);
}

async function absent(
  args: LineArgs,
  before: string | undefined,
  context: ModuleContext,
): Promise<TaskResult> {
  if (args.regexp === undefined && args.search_string === undefined && args.line === undefined)
    throw new TaskFailure('one of line, search_string, or regexp is required with state=absent');
  if (before === undefined) return { changed: false, msg: 'file not present' };
  const lines = linesOf(before);
  const matches = matcher(args);
  const kept = lines.filter((line) => !matches(line));
  const found = lines.length - kept.length;
  const result = await finishEdit(
    args,
    { before, after: kept.join(''), msg: `${found} line(s) removed` },
    context,
  );
  return { ...result, found };
}

function matcher({ regexp, search_string, line = '' }: LineArgs): (line: string) => boolean {
  if (regexp !== undefined) {
    const pattern = pythonRegex(asBytes(regexp), { ascii: true });
    return (candidate) => firstMatch(pattern, candidate) !== null;
  }
  if (search_string !== undefined) return (candidate) => candidate.includes(asBytes(search_string));
  return (candidate) => candidate.replace(/[\r\n]+$/, '') === asBytes(line);
}
