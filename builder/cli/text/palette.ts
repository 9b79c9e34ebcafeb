import type { TerminalStream } from '../terminal-stream.js';
import type { Environment } from '../../environment.js';

export type Colour = 'red' | 'green' | 'yellow' | 'cyan' | 'dim' | 'bold';

/** Colours a text, or leaves it as it is. */
export type Palette = (colour: Colour, text: string) => string;

const codes: Record<Colour, number> = { red: 31, green: 32, yellow: 33, cyan: 36, dim: 2, bold: 1 };

/** Colours for terminals only, unless NO_COLOR is set to anything (no-color.org) or the terminal is a dumb one. */
export function paletteFor(stream: TerminalStream, environment: Environment): Palette {
  const plain = !stream.isTTY || Boolean(environment.NO_COLOR) || environment.TERM === 'dumb';
  return plain ? (_, text) => text : (colour, text) => `\x1b[${codes[colour]}m${text}\x1b[0m`;
}
