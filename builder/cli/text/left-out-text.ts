import type { LeftOut } from '../../build-event.js';
import { formatCount, oneLine } from './format.js';

/** What a step's commands left and the image does not have: one line, or with `verbose` each path. */
export function formatLeftOut(leftOut: readonly LeftOut[], verbose: boolean): string {
  const kinds = [...new Set(leftOut.map(({ what }) => what))];
  const count = (kind: string) => leftOut.filter(({ what }) => what === kind).length;
  const line = `left out: ${kinds.map((kind) => `${kind} (${formatCount(count(kind), 'file')})`).join(', ')}`;
  return verbose ? [line, ...leftOut.map(({ path }) => `  ${oneLine(path)}`).sort()].join('\n') : line;
}
