import type { Change, ChangeAction, PlatformPlan } from '../../platform/change.js';
import { formatTable } from './format.js';
import type { Colour, Palette } from './palette.js';

const marks: Readonly<Record<ChangeAction, { readonly mark: string; readonly colour: Colour }>> = {
  remove: { mark: '-', colour: 'red' },
  replace: { mark: '±', colour: 'red' },
  create: { mark: '+', colour: 'green' },
  update: { mark: '~', colour: 'yellow' },
  start: { mark: '>', colour: 'yellow' },
  none: { mark: ' ', colour: 'dim' },
};

/** What is going to change, a line each, and what the user should know of it. */
export function formatPlatformPlan({ environment, changes, notes }: PlatformPlan, paint: Palette): string {
  const toDo = changes.filter(({ action }) => action !== 'none');
  if (toDo.length === 0) return `Nothing to do: ${environment} is as it should be.\n`;
  const rows = toDo.map(({ action, part, type, reasons }) => [
    marks[action].mark,
    action,
    `${type} ${part}`,
    reasons.join(', '),
  ]);
  const lines = formatTable(rows, 'llll').map((line, index) => paint(colourOf(toDo[index]), line));
  const same = changes.length - toDo.length;
  const rest = same > 0 ? [paint('dim', `  ${same} more as they should be`)] : [];
  return [...lines, ...rest, ...notes.map((note) => paint('dim', `  ${note}`)), ''].join('\n');
}

function colourOf(change: Change | undefined): Colour {
  return marks[change?.action ?? 'none'].colour;
}
