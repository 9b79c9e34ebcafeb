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
export function formatPlatformPlan(plan: PlatformPlan, paint: Palette): string {
  const { environment, changes, notes, findings = [] } = plan;
  const toDo = changes.filter(({ action }) => action !== 'none');
  const found = findings.map((finding) => paint('yellow', `  ! ${finding}`));
  if (toDo.length === 0)
    return [`Nothing to do: ${environment} is as it should be.`, ...found, ''].join('\n');
  const heads = toDo.map(({ action, part, type, reasons }) => [
    marks[action].mark,
    action,
    `${type} ${part}`,
    reasons.length === 1 ? (reasons[0] ?? '') : '',
  ]);
  const lines = formatTable(heads, 'llll').flatMap((line, index) => [
    paint(colourOf(toDo[index]), line),
    ...detailsOf(toDo[index], paint),
  ]);
  const same = changes.length - toDo.length;
  const rest = same > 0 ? [paint('dim', `  ${same} more as they should be`)] : [];
  const counts = paint('bold', `  ${countChanges(toDo)}`);
  return [...lines, ...rest, counts, ...found, ...notes.map((note) => paint('dim', `  ${note}`)), ''].join(
    '\n',
  );
}

/** How many of each kind: "3 to create, 1 to replace". */
export function countChanges(changes: readonly Change[]): string {
  const counts = new Map<ChangeAction, number>();
  for (const { action } of changes) counts.set(action, (counts.get(action) ?? 0) + 1);
  return [...counts].map(([action, count]) => `${count} to ${action}`).join(', ');
}

/** Several reasons are a line each; what is lost is said in red, with how it is allowed. */
function detailsOf(change: Change | undefined, paint: Palette): string[] {
  if (change === undefined) return [];
  const { action, part, reasons, loses } = change;
  const isLost = loses !== undefined && (action === 'replace' || action === 'remove');
  return [
    ...(reasons.length > 1 ? reasons.map((reason) => `      ${reason}`) : []),
    ...(isLost ? [paint('red', `      ${loses} is lost; refused without --allow-replace ${part}`)] : []),
  ];
}

function colourOf(change: Change | undefined): Colour {
  return marks[change?.action ?? 'none'].colour;
}
