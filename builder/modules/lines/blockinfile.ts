import type { z } from 'zod';
import type { TaskResult } from '../../plan/step.js';
import { choice, flag, moduleArgs, text } from '../args.js';
import { asBytes, editArgs, finishEdit, pathAliases, readForEdit } from './edit-file.js';
import { linesOf } from '../root/text-lines.js';
import type { ModuleContext } from '../module.js';
import { pythonRegex } from '../../jinja/python/python-regex.js';
import { firstMatch } from '../root/module-regex.js';
import { defineModule, TaskFailure } from '../task-failure.js';

const args = moduleArgs(
  {
    ...editArgs,
    state: choice('present', 'absent').default('present'),
    marker: text.default('# {mark} ANSIBLE MANAGED BLOCK'),
    marker_begin: text.default('BEGIN'),
    marker_end: text.default('END'),
    block: text.default(''),
    insertafter: text.optional(),
    insertbefore: text.optional(),
    create: flag.default(false),
    prepend_newline: flag.default(false),
    append_newline: flag.default(false),
  },
  { aliases: { ...pathAliases, content: 'block' } },
);

type BlockArgs = z.output<typeof args>;

/** `blockinfile`: lines between two markers (ansible/modules/blockinfile.py). */
export const blockinfile = defineModule<BlockArgs>({
  name: 'blockinfile',
  version: 1,
  kind: 'file',
  args,
  run: runBlockinfile,
});

function runBlockinfile(args: BlockArgs, context: ModuleContext): Promise<TaskResult> | TaskResult {
  if (args.insertafter !== undefined && args.insertbefore !== undefined)
    throw new TaskFailure('parameters are mutually exclusive: insertbefore|insertafter');
  const before = readForEdit(args, context);
  if (before === undefined && !args.create)
    throw new TaskFailure(`Path ${args.path} does not exist !`, { rc: 257 });
  if (before === undefined && args.state === 'absent')
    return { changed: false, msg: `File ${args.path} not present` };
  const [begin, end] = [args.marker_begin, args.marker_end].map(
    (mark) => `${asBytes(args.marker.replaceAll('{mark}', mark))}\n`,
  ) as [string, string];
  const block = blockLines(args, begin, end);
  const after = replaceBlock(linesOf(before ?? ''), args, { begin, end, block });
  const msg = before === undefined ? 'File created' : block.length === 0 ? 'Block removed' : 'Block inserted';
  return finishEdit(args, { before, after, msg }, context);
}

function blockLines({ state, block }: BlockArgs, begin: string, end: string): string[] {
  if (state === 'absent' || block === '') return [];
  const text = asBytes(block);
  return [begin, ...linesOf(text.endsWith('\n') ? text : `${text}\n`), end];
}

interface Block {
  readonly begin: string;
  readonly end: string;
  readonly block: readonly string[];
}

function replaceBlock(lines: string[], args: BlockArgs, { begin, end, block }: Block): string {
  const [first, last] = [lines.lastIndexOf(begin), lines.lastIndexOf(end)];
  let at: number;
  if (first === -1 || last === -1) at = insertionPoint(lines, args);
  else {
    at = Math.min(first, last);
    lines.splice(at, Math.abs(last - first) + 1);
  }
  const above = lines[at - 1];
  if (above !== undefined && !above.endsWith('\n')) lines[at - 1] = `${above}\n`;
  lines.splice(at, 0, ...withEmptyLines(block, { above: lines[at - 1], below: lines[at] }, args));
  return lines.join('');
}

/** Adds the empty lines of `prepend_newline` and `append_newline`, unless they exist (since ansible-core 2.16). */
function withEmptyLines(
  block: readonly string[],
  { above, below }: { readonly above: string | undefined; readonly below: string | undefined },
  args: BlockArgs,
): string[] {
  if (block.length === 0) return [];
  const before = args.prepend_newline && above !== undefined && above !== '\n';
  const after = args.append_newline && below !== undefined && below !== '\n';
  return [...(before ? ['\n'] : []), ...block, ...(after ? ['\n'] : [])];
}

function insertionPoint(lines: readonly string[], { insertafter, insertbefore }: BlockArgs): number {
  const anchor = insertafter ?? insertbefore ?? 'EOF';
  if (anchor === 'EOF' && insertbefore === undefined) return lines.length;
  if (anchor === 'BOF' && insertafter === undefined) return 0;
  const multiline = /^\(\?[a-zA-Z]*m/.test(anchor);
  const pattern = pythonRegex(asBytes(anchor), { ascii: true });
  const at = multiline
    ? lineOfMatch(pattern, lines.join(''), insertafter !== undefined)
    : lines.findLastIndex((line) => firstMatch(pattern, line) !== null);
  if (at === -1) return lines.length;
  return insertafter === undefined ? at : at + 1;
}

function lineOfMatch(pattern: RegExp, text: string, atEnd: boolean): number {
  const match = firstMatch(pattern, text);
  if (match === null) return -1;
  const position = atEnd ? match.index + match[0].length : match.index;
  return text.slice(0, position).split('\n').length - 1;
}
