import type { PlatenEvent, Reporter } from '../../reporter.js';
import { formatTime, oneLine, truncate } from '../text/format.js';
import { type Palette, paletteFor } from '../text/palette.js';
import { statusColours } from '../text/step-status.js';
import type { TerminalStream } from '../terminal-stream.js';
import { buildPrinters } from './build-printers.js';
import { type LiveLine, createLiveLine, noLiveLine } from './live-line.js';
import { platformPrinters } from './platform-printers.js';
import type { Output, Printers, WriteLine } from './printers.js';
import { pushPrinters } from './push-printers.js';
import type { Environment } from '../../environment.js';

/** Tells its user what happens, and leaves the terminal to others when it is asked to. */
export interface TerminalReporter extends Reporter, Disposable {
  /** Shows nothing while something else writes or asks; what happens meanwhile is told afterwards. */
  hold<T>(during: () => Promise<T>): Promise<T>;
}

/** Says nothing, for `--quiet`; what a stream reporter would be. */
export const quietReporter: TerminalReporter = {
  report: () => {},
  hold: (during) => during(),
  [Symbol.dispose]: () => {},
};

/**
 * Writes one line for everything that is done: state, time, name. On a terminal a last line lives:
 * what is running, since when, and what it said last. With `verbose` details are told, too.
 */
export function createStreamReporter(
  stream: TerminalStream,
  environment: Environment,
  verbose = false,
): TerminalReporter {
  const paint = paletteFor(stream, environment);
  const live = stream.isTTY && environment.TERM !== 'dumb' ? createLiveLine(stream, paint) : noLiveLine;
  const output = { ...lineWriters(stream, live, paint), live, paint, verbose };
  const printers: Printers<PlatenEvent['kind']> = {
    ...buildPrinters(output),
    ...pushPrinters(output),
    ...platformPrinters(output),
    message: ({ text }) => output.note(text),
    warning: ({ text }) => output.note(`${paint('yellow', 'warning:')} ${text}`),
  };
  // TypeScript does not see that the printer of an event's kind takes that event.
  const print = (event: PlatenEvent): void => (printers[event.kind] as (event: PlatenEvent) => void)(event);
  let held: PlatenEvent[] | undefined;
  const release = (): void => {
    const missed = held ?? [];
    held = undefined;
    missed.forEach(print);
  };
  return {
    report: (event) => void (held === undefined ? print(event) : held.push(event)),
    async hold(during) {
      live.end();
      held ??= [];
      try {
        return await during();
      } finally {
        // It is not held any more where the reporter has been disposed of meanwhile: then nothing may be shown again.
        if (held !== undefined) {
          release();
          live.resume();
        }
      }
    },
    [Symbol.dispose]() {
      release();
      live.end();
    },
  };
}

const STATUS_WIDTH = 7;
const TIME_WIDTH = 11;
const INDENT = STATUS_WIDTH + TIME_WIDTH + 2;

/** Writes lines in place of the live one, or above it. */
function lineWriters(
  stream: TerminalStream,
  live: LiveLine,
  paint: Palette,
): Pick<Output, 'line' | 'lineAbove' | 'note'> {
  const write: WriteLine = (status, ms, name) => {
    const width = stream.isTTY ? (stream.columns || 80) - INDENT : Infinity;
    const state = paint(statusColours[status], status.padEnd(STATUS_WIDTH));
    stream.write(`${state}${formatTime(ms).padStart(TIME_WIDTH)}  ${truncate(oneLine(name), width)}\n`);
  };
  const indent = ' '.repeat(INDENT);
  return {
    line(...event) {
      live.stop();
      live.around(() => write(...event));
    },
    lineAbove: (...event) => live.around(() => write(...event)),
    note: (text) => live.around(() => stream.write(`${indent}${text.replaceAll('\n', `\n${indent}`)}\n`)),
  };
}
