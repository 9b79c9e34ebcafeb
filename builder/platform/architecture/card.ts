import { type Sign, signs } from './signs.js';
import { type Box, type Kind, type Palette, rectangle, textAt } from './svg.js';

/** A thing of the platform: what it is, and under it what its template says of it. */
export interface Card {
  readonly kind: Kind;
  readonly sign: Sign;
  readonly title: string;
  /** Lines under the title; empty ones are left out. */
  readonly lines?: readonly string[];
}

/** A card with its sign at the left; the text stands in the middle of its height. */
export function drawCard({ kind, sign, title, lines = [] }: Card, box: Box, palette: Palette): string {
  const shown = lines.filter((line) => line !== '');
  const { x, y, height } = box;
  const size = Math.min(28, height - 12);
  const top = y + (height - size) / 2;
  const textTop = y + height / 2 - (shown.length * 15) / 2 + 4.5;
  const left = x + size + 20;
  return [
    rectangle(box, { fill: palette.card, stroke: palette.cardEdge }),
    rectangle({ x: x + 10, y: top, width: size, height: size }, { fill: palette.kinds[kind], radius: 7 }),
    `<path transform="translate(${x + 10} ${top}) scale(${size / 20})" d="${signs[sign]}" fill="none" stroke="#fff" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round"/>`,
    textAt(left, textTop, [title, { size: 13, weight: 600, fill: palette.text }]),
    ...shown.map((line, index) =>
      textAt(left, textTop + 15 * (index + 1), [line, { size: 11, fill: palette.soft }]),
    ),
  ].join('\n');
}

/** A small label, as of a port on an arrow; (x, y) is its middle. */
export function drawLabel(x: number, y: number, [text, palette]: readonly [string, Palette]): string {
  const width = text.length * 6.4 + 10;
  return [
    rectangle(
      { x: x - width / 2, y: y - 8, width, height: 16 },
      { fill: palette.ground, stroke: palette.cardEdge, radius: 8 },
    ),
    textAt(x, y + 3.8, [text, { size: 10.5, anchor: 'middle', fill: palette.soft }]),
  ].join('\n');
}
