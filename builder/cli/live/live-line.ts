import { formatTime, oneLine, truncate } from '../text/format.js';
import type { Palette } from '../text/palette.js';
import type { TerminalStream } from '../terminal-stream.js';

/** The last line of a terminal, which shows what is running. */
export interface LiveLine {
  start(name: string): void;
  /** Takes output of the running command; the last complete line is shown. */
  said(text: string): void;
  /** Removes the line while `write` writes permanent lines. */
  around(write: () => void): void;
  stop(): void;
}

/** For streams that are no terminals: shows nothing. */
export const noLiveLine: LiveLine = {
  start: () => {},
  said: () => {},
  around: (write) => write(),
  stop: () => {},
};

const CLEAR = '\r\x1b[2K';
const REFRESH_MS = 100;

/** A live line: name, seconds since it began, and the last line of output, refreshed ten times a second. */
export function createLiveLine(stream: TerminalStream, paint: Palette): LiveLine {
  let timer: NodeJS.Timeout | undefined;
  let name = '';
  let last = '';
  let since = 0;
  const draw = (): void => {
    const width = (stream.columns || 80) - 1;
    const head = truncate(`running${formatTime(performance.now() - since).padStart(11)}  ${name}`, width);
    const tail = last === '' ? '' : truncate(`  ${last}`, width - head.length);
    stream.write(`${CLEAR}${head}${paint('dim', tail)}`);
  };
  const stop = (): void => {
    if (timer === undefined) return;
    clearInterval(timer);
    timer = undefined;
    stream.write(CLEAR);
  };
  return {
    start(text) {
      stop();
      [name, last, since] = [oneLine(text), '', performance.now()];
      // Drawn after a tenth of a second: quicker work needs no live line.
      timer = setInterval(draw, REFRESH_MS).unref();
    },
    said(text) {
      last =
        text
          .split(/[\r\n]/)
          .map(oneLine)
          .findLast((line) => line.trim() !== '')
          ?.trim() ?? last;
    },
    around(write) {
      if (timer !== undefined) stream.write(CLEAR);
      write();
    },
    stop,
  };
}
