import type { PlatformLogLine } from '../../platform/driver.js';
import { oneLine } from './format.js';
import type { Colour, Palette } from './palette.js';

const partColours: readonly Colour[] = ['cyan', 'yellow', 'green', 'red'];

/** Makes log lines readable: each part in its colour, nginx's lines of JSON as a request. */
export function logPrinter(paint: Palette): (line: PlatformLogLine) => string {
  const colours = new Map<string, Colour>();
  let width = 0;
  return ({ part, time, text }) => {
    const colour = colours.get(part) ?? partColours[colours.size % partColours.length] ?? 'cyan';
    colours.set(part, colour);
    width = Math.max(width, part.length);
    const clock = time.slice(11, 23);
    return `${paint('dim', clock)} ${paint(colour, part.padEnd(width))} ${readable(text)}`;
  };
}

/** A JSON object as its values, the best known first; anything else as it is, if harmless. */
function readable(text: string): string {
  if (!text.startsWith('{')) return oneLine(text);
  try {
    const { status, request, method, uri, seconds, ...rest } = JSON.parse(text) as Record<string, unknown>;
    const head = [
      status,
      request ?? [method, uri].filter(Boolean).join(' '),
      seconds === undefined ? undefined : `${String(seconds)} s`,
    ];
    const tail = Object.entries(rest)
      .filter(([, value]) => value !== '' && value !== null && value !== '-')
      .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`);
    return oneLine([...head.filter((one) => one !== undefined && one !== ''), ...tail].join(' '));
  } catch {
    return oneLine(text);
  }
}
