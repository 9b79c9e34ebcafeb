import type { PlatenEvent } from '../../reporter.js';
import type { Palette } from '../text/palette.js';
import type { Status } from '../text/step-status.js';
import type { LiveLine } from './live-line.js';

type EventOf<Kind> = Extract<PlatenEvent, { readonly kind: Kind }>;

/** One function per kind of event, which prints it. */
export type Printers<Kind extends PlatenEvent['kind']> = {
  readonly [K in Kind]: (event: EventOf<K>) => void;
};

export type WriteLine = (status: Status, ms: number, name: string) => void;

/** The output of printers. */
export interface Output {
  readonly live: LiveLine;
  /** Ends the live line, and writes a permanent line in its place. */
  readonly line: WriteLine;
  /** Writes a permanent line above the live line. */
  readonly lineAbove: WriteLine;
  /** Writes text, indented below the line before. */
  note(text: string): void;
  readonly paint: Palette;
  /** Whether details are wanted, too. */
  readonly verbose: boolean;
}
