import type { Reporter } from '../../reporter.js';
import { formatTime, oneLine, truncate } from '../text/format.js';
import { type LiveLine, createLiveLine, noLiveLine } from './live-line.js';
import { type Palette, paletteFor } from '../text/palette.js';
import { pushLines } from './push-lines.js';
import { type Status, statusColours, statusOf } from '../text/step-status.js';
import type { TerminalStream } from '../terminal-stream.js';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Writes one line for everything that is done: state, time, name. On a terminal a last line lives:
 * what is running, since when, and what it said last.
 */
export function createStreamReporter(
  stream: TerminalStream,
  environment: Environment,
): Reporter & Disposable {
  const paint = paletteFor(stream, environment);
  const live = stream.isTTY && environment.TERM !== 'dumb' ? createLiveLine(stream, paint) : noLiveLine;
  const line = lineWriter(stream, live, paint);
  return {
    baseStarted: ({ name }) => live.start(`base ${name}`),
    baseDone: ({ name, cached, ms }) => line(cached ? 'cached' : 'made', ms, `base ${name}`),
    stepStarted: ({ name }) => live.start(name),
    stepOutput: (text) => live.said(text),
    stepDone: (event) => {
      line(statusOf(event), event.ms, event.name);
      if (event.reason !== undefined && !event.cached) note(`because ${event.reason}`);
    },
    layerDone: () => {},
    smokeStarted: ({ name }) => live.start(`check: ${name}`),
    smokeDone: ({ name, passed, ms }) => line(passed ? 'passed' : 'failed', ms, `check: ${name}`),
    loaded: ({ tags, ms }) => line('loaded', ms, `${tags.join(', ')} into Docker`),
    written: ({ path, ms }) => line('written', ms, path),
    ...pushLines({ live, line, lineAbove: line.above, note }),
    message: (text) => note(text),
    warning: (text) => note(`${paint('yellow', 'warning:')} ${text}`),
    [Symbol.dispose]: () => live.stop(),
  };

  function note(text: string): void {
    live.around(() =>
      stream.write(`${' '.repeat(INDENT)}${text.replaceAll('\n', `\n${' '.repeat(INDENT)}`)}\n`),
    );
  }
}

const STATUS_WIDTH = 7;
const TIME_WIDTH = 11;
const INDENT = STATUS_WIDTH + TIME_WIDTH + 2;

type WriteLine = (status: Status, ms: number, name: string) => void;

/** Writes lines in place of the live one, or above it. */
function lineWriter(
  stream: TerminalStream,
  live: LiveLine,
  paint: Palette,
): WriteLine & { above: WriteLine } {
  const write: WriteLine = (status, ms, name) => {
    const width = stream.isTTY ? (stream.columns || 80) - INDENT : Infinity;
    const state = paint(statusColours[status], status.padEnd(STATUS_WIDTH));
    stream.write(`${state}${formatTime(ms).padStart(TIME_WIDTH)}  ${truncate(oneLine(name), width)}\n`);
  };
  const instead: WriteLine = (...event) => {
    live.stop();
    write(...event);
  };
  const above: WriteLine = (...event) => live.around(() => write(...event));
  return Object.assign(instead, { above });
}
