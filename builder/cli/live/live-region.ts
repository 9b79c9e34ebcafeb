import { stripVTControlCharacters } from 'node:util';
import type { TerminalStream } from '../terminal-stream.js';

/** The last lines of a terminal, which are drawn again in place. */
export interface LiveRegion {
  /** Shows these lines in place of those before; each must fit the width. What is as it was is not written again. */
  draw(lines: readonly string[]): void;
  /** Takes the lines away. */
  clear(): void;
}

const CLEAR_LINE = '\r\x1b[2K';
const CLEAR_BELOW = '\r\x1b[J';
/** Terminals that know it show what comes between at once; others ignore it (DEC private mode 2026). */
const [BEGIN, END] = ['\x1b[?2026h', '\x1b[?2026l'];

export function createLiveRegion(stream: TerminalStream): LiveRegion {
  let shown: readonly string[] = [];
  let width = 0;
  const clear = (): void => {
    if (shown.length > 0)
      stream.write(shown.length > 1 ? `${home(shown, width, stream)}${CLEAR_BELOW}` : CLEAR_LINE);
    shown = [];
  };
  return {
    clear,
    draw(lines) {
      if (lines.length === 0) return clear();
      const isResized = width !== widthOf(stream);
      if (!isResized && sameLines(lines, shown)) return;
      const text =
        lines.length === 1 && shown.length <= 1
          ? `${CLEAR_LINE}${lines[0]}`
          : // After a resize the old lines stand anywhere: all of them go first.
            `${BEGIN}${home(shown, width, stream)}${isResized ? CLEAR_BELOW : ''}${frame(lines, isResized ? [] : shown)}${END}`;
      stream.write(text);
      [shown, width] = [lines, widthOf(stream)];
    },
  };
}

function sameLines(lines: readonly string[], others: readonly string[]): boolean {
  return lines.length === others.length && lines.every((line, index) => line === others[index]);
}

/** Lines over those that stand there, from the first one; the cursor ends in the last. */
function frame(lines: readonly string[], before: readonly string[]): string {
  const last = lines.length - 1;
  const rows = lines.map((line, index) =>
    line === before[index] && index < last ? '\r' : `${CLEAR_LINE}${line}`,
  );
  const rest = before.length > lines.length ? `\n${CLEAR_BELOW}\x1b[A` : '';
  return `${rows.join('\n')}${rest}`;
}

/** From the last of these lines to the first. */
function home(lines: readonly string[], width: number, stream: TerminalStream): string {
  const rows = lines.reduce((sum, line) => sum + rowsOf(line, width, widthOf(stream)), 0);
  return rows > 1 ? `\x1b[${rows - 1}A` : '';
}

function widthOf({ columns }: TerminalStream): number {
  return columns || 80;
}

/** How many rows a line takes: a terminal that became narrower has wrapped it. */
function rowsOf(line: string, drawn: number, now: number): number {
  return now >= drawn ? 1 : Math.max(1, Math.ceil(stripVTControlCharacters(line).length / now));
}
