import type { PlatenEvent } from '../../reporter.js';
import type { Palette } from '../text/palette.js';
import type { Status } from '../text/step-status.js';
import type { LiveLine } from './live-line.js';

type EventOf<Kind> = Extract<PlatenEvent, { readonly kind: Kind }>;

/** How events of these kinds are shown: one case for each. */
export type Printers<Kind extends PlatenEvent['kind']> = {
  readonly [K in Kind]: (event: EventOf<K>) => void;
};

export type WriteLine = (status: Status, ms: number, name: string) => void;

/** What printers write to. */
export interface Output {
  readonly live: LiveLine;
  /** Ends the live line, and writes one that stays in its place. */
  readonly line: WriteLine;
  /** Writes a line that stays, and leaves the live line alive below. */
  readonly lineAbove: WriteLine;
  /** Writes text, indented below the line that it belongs to. */
  note(text: string): void;
  readonly paint: Palette;
  /** Whether details are wanted, too. */
  readonly verbose: boolean;
}
