import { formatElapsed, oneLine, truncate } from '../text/format.js';
import type { Colour, Palette } from '../text/palette.js';

/** Of the terminal, in characters. */
export interface Size {
  readonly columns: number;
  readonly rows: number;
}

/** One line of a tree: name and detail at the left, state and time at the right. */
export interface Row {
  readonly depth: number;
  readonly name: string;
  readonly detail?: string | undefined;
  readonly state?: string | undefined;
  readonly ms?: number | undefined;
  readonly colour?: Colour | undefined;
}

const TIME_WIDTH = 12;
/** With less than so many characters for the name, the state is left out, and then the time. */
const NAME_LEAST = 12;

/** A row that is not wider than the terminal. */
export function formatRow(
  { depth, name, detail = '', state = '', ms, colour }: Row,
  width: number,
  paint: Palette,
): string {
  const hasTime = ms !== undefined && width >= TIME_WIDTH + NAME_LEAST;
  const time = hasTime ? formatElapsed(ms).padStart(TIME_WIDTH) : '';
  const isRoom = width - state.length - time.length >= NAME_LEAST + 2 * depth;
  const right = isRoom ? `${state}${time}` : time;
  const left = truncate(
    `${'  '.repeat(depth)}${oneLine(name)}`,
    width - right.length - (right === '' ? 0 : 1),
  );
  const more = truncate(detail === '' ? '' : `  ${oneLine(detail)}`, width - left.length - right.length - 1);
  const gap = right === '' ? '' : ' '.repeat(Math.max(0, width - left.length - more.length - right.length));
  const coloured = (text: string): string =>
    text === '' || colour === undefined ? text : paint(colour, text);
  const shown = isRoom ? coloured(state) : '';
  return `${coloured(left)}${more === '' ? '' : paint('dim', more)}${gap}${shown}${time}`;
}

/**
 * At most `room` of these rows. Each group keeps its first row, and gets as many of its others as the others leave it; what is
 * left out is counted.
 */
export function shareRows(groups: readonly (readonly Row[])[], room: number): Row[] {
  if (room < 1) return [];
  const wanted = groups.map((group) => group.length);
  if (sum(wanted) <= room) return groups.flat();
  if (groups.length > room) {
    const shown = groups.slice(0, room - 1).map(([first]) => first!);
    return [...shown, { depth: 1, name: `… and ${groups.length - shown.length} more`, colour: 'dim' }];
  }
  const shares = fairShares(wanted, room);
  return groups.flatMap((group, index) => cut(group, shares[index]!));
}

function cut(group: readonly Row[], share: number): Row[] {
  if (group.length <= share) return [...group];
  if (share < 2) return group.slice(0, 1);
  const left = group.length - (share - 1);
  return [...group.slice(0, share - 1), { depth: 2, name: `… and ${left} more`, colour: 'dim' }];
}

/** One row for each, then one after the other another one, until the room or the wish is used up. */
function fairShares(wanted: readonly number[], room: number): number[] {
  const shares = wanted.map(() => 1);
  for (let left = room - shares.length; left > 0;) {
    const before = left;
    for (const [index, wish] of wanted.entries())
      if (left > 0 && shares[index]! < wish) {
        shares[index]! += 1;
        left -= 1;
      }
    if (before === left) break;
  }
  return shares;
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, one) => total + one, 0);
}
