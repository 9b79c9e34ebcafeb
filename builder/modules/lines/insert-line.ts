import { asBytes } from './edit-file.js';
import type { LineArgs } from './line-args.js';
import { pythonRegex, replacement } from '../../jinja/python/python-regex.js';
import { firstMatch } from '../root/module-regex.js';

interface Found {
  /** Index of the line that matches the regular expression, the search string or the line itself; -1 for none. */
  readonly at: number;
  /** Index at which `insertafter` or `insertbefore` insert; -1 for none. */
  readonly anchor: number;
  readonly match: RegExpExecArray | true | undefined;
  readonly exact: boolean;
}

/**
 * Inserts the line into `lines` (in place) as lineinfile does, and returns a message; '' if it is there already.
 * The order of the cases is that of `present` in ansible/modules/lineinfile.py.
 */
export function insertLine(lines: string[], args: LineArgs, line: string): string {
  const insertbefore = args.insertbefore;
  const insertafter = insertbefore === undefined ? (args.insertafter ?? 'EOF') : args.insertafter;
  const found = findPlaces(lines, args, line);
  if (found.at !== -1) return replaceLine(lines, found, args, line);
  if (args.backrefs) return '';
  if (insertbefore === 'BOF' || insertafter === 'BOF') return insertAt(lines, 0, line);
  if (insertafter === 'EOF' || found.anchor === -1) return append(lines, line);
  if (insertafter === undefined) return insertAt(lines, found.anchor, line);
  if (found.anchor === lines.length)
    return bare(lines[found.anchor - 1]) === line ? '' : appendAfterLast(lines, line);
  return bare(lines[found.anchor]) === line ? '' : insertAt(lines, found.anchor, line);
}

function bare(line: string | undefined): string | undefined {
  return line?.replace(/[\r\n]+$/, '');
}

function insertAt(lines: string[], at: number, line: string): string {
  lines.splice(at, 0, `${line}\n`);
  return 'line added';
}

function append(lines: string[], line: string): string {
  const last = lines.at(-1);
  if (last !== undefined && !/[\r\n]$/.test(last)) lines.push('\n');
  return insertAt(lines, lines.length, line);
}

/** As in Ansible, a last line without a newline runs together with the new one. */
function appendAfterLast(lines: string[], line: string): string {
  return insertAt(lines, lines.length, line);
}

function replaceLine(lines: string[], { at, match, exact }: Found, args: LineArgs, line: string): string {
  const expanded = args.backrefs && match !== undefined && match !== true ? replacement(line, match) : line;
  const wanted = expanded.endsWith('\n') ? expanded : `${expanded}\n`;
  if ((match === undefined && !exact) || lines[at] === wanted) return '';
  lines[at] = wanted;
  return 'line replaced';
}

function findPlaces(lines: readonly string[], args: LineArgs, line: string): Found {
  const matched = findMatch(lines, args);
  if (matched !== undefined) return { ...matched, anchor: -1, exact: false };
  const anchorText = [args.insertafter, args.insertbefore].find(
    (anchor) => anchor !== undefined && anchor !== 'BOF' && anchor !== 'EOF',
  );
  const pattern = anchorText === undefined ? undefined : pythonRegex(asBytes(anchorText), { ascii: true });
  let at = -1;
  let anchor = -1;
  for (const [index, candidate] of lines.entries()) {
    if (bare(candidate) === line) at = index;
    else if (pattern !== undefined && firstMatch(pattern, candidate) !== null) {
      anchor = args.insertafter === undefined ? index : index + 1;
      if (args.firstmatch) break;
    }
  }
  return { at, anchor, match: undefined, exact: at !== -1 };
}

function findMatch(
  lines: readonly string[],
  { regexp, search_string, firstmatch }: LineArgs,
): Pick<Found, 'at' | 'match'> | undefined {
  const pattern = regexp === undefined ? undefined : pythonRegex(asBytes(regexp), { ascii: true });
  let found: Pick<Found, 'at' | 'match'> | undefined;
  for (const [at, candidate] of lines.entries()) {
    const match =
      pattern !== undefined
        ? (firstMatch(pattern, candidate) ?? undefined)
        : search_string !== undefined && candidate.includes(asBytes(search_string))
          ? true
          : undefined;
    if (match === undefined) continue;
    found = { at, match };
    if (firstmatch) break;
  }
  return found;
}
