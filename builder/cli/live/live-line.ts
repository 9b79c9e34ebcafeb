import type { PlatformEvent } from '../../platform-event.js';
import { formatTime, oneLine, truncate } from '../text/format.js';
import type { Palette } from '../text/palette.js';
import type { TerminalStream } from '../terminal-stream.js';
import { createLiveRegion } from './live-region.js';
import { PlatformTree } from './platform-tree.js';

/** The end of a terminal, which shows what is running: parts of a platform as a tree, anything else as the last line. */
export interface LiveLine {
  start(name: string): void;
  /** Takes output of the running command; the last complete line is shown. */
  said(text: string): void;
  /** Takes what happens to a platform. True where the tree shows it, so that no permanent line need tell it. */
  follow(event: PlatformEvent): boolean;
  /** Removes what is shown while `write` writes permanent lines. */
  around(write: () => void): void;
  /** Removes the last line. */
  stop(): void;
  /** Removes all of it until there is something new, or it is resumed. */
  end(): void;
  resume(): void;
}

/** For streams that are no terminals: shows nothing. */
export const noLiveLine: LiveLine = {
  start: () => {},
  said: () => {},
  follow: () => false,
  around: (write) => write(),
  stop: () => {},
  end: () => {},
  resume: () => {},
};

const REFRESH_MS = 100;

interface Running {
  readonly name: string;
  readonly since: number;
  said: string;
}

/** A live end of a terminal, refreshed ten times a second where something differs. */
export function createLiveLine(stream: TerminalStream, paint: Palette): LiveLine {
  const region = createLiveRegion(stream);
  const tree = new PlatformTree(paint);
  let timer: NodeJS.Timeout | undefined;
  let running: Running | undefined;
  const draw = (): void => {
    const columns = (stream.columns || 80) - 1;
    const own = running === undefined ? [] : [runningLine(running, columns, paint)];
    // One row is left for the cursor after the last line.
    const rows = (stream.rows || 24) - 1 - own.length;
    region.draw([...tree.lines({ columns, rows }, performance.now()), ...own]);
  };
  const end = (): void => {
    clearInterval(timer);
    timer = undefined;
    region.clear();
  };
  // Drawn after a tenth of a second: quicker work needs no live line.
  const begin = (): void => {
    timer ??= setInterval(draw, REFRESH_MS).unref();
  };
  const stop = (): void => {
    running = undefined;
    if (tree.isIdle) end();
  };
  return {
    start(name) {
      stop();
      running = { name: oneLine(name), since: performance.now(), said: '' };
      begin();
    },
    said(text) {
      if (running !== undefined) running.said = lastLine(text) ?? running.said;
    },
    follow(event) {
      const isShown = tree.follow(event, performance.now());
      if (tree.isIdle) stop();
      else begin();
      // What comes next may keep the program busy before the first tenth of a second is over.
      if (event.kind === 'phase-started') draw();
      return isShown;
    },
    around(write) {
      region.clear();
      write();
    },
    stop,
    end,
    resume() {
      if (running !== undefined || !tree.isIdle) begin();
    },
  };
}

function runningLine({ name, since, said }: Running, width: number, paint: Palette): string {
  const head = truncate(`running${formatTime(performance.now() - since).padStart(11)}  ${name}`, width);
  const tail = said === '' ? '' : truncate(`  ${said}`, width - head.length);
  return `${head}${paint('dim', tail)}`;
}

function lastLine(text: string): string | undefined {
  const lines = text.split(/[\r\n]/).map(oneLine);
  return lines.findLast((line) => line.trim() !== '')?.trim();
}
