import type { Change, ChangeAction, PlannedCost, PlatformPlan } from '../../platform/change.js';
import { dollars } from '../../platform/cost/cost-text.js';
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
  const { environment, changes, notes, warnings = [], findings = [] } = plan;
  const toDo = changes.filter(({ action }) => action !== 'none');
  const found = [
    ...warnings.map((warning) => paint('red', `  ! ${warning}`)),
    ...findings.map((finding) => paint('yellow', `  ! ${finding}`)),
  ];
  if (toDo.length === 0) return [`Nothing to do: ${environment} is up to date.`, ...found, ''].join('\n');
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
  const rest = same > 0 ? [paint('dim', `  ${same} unchanged`)] : [];
  const counts = paint('bold', `  ${countChanges(toDo)}`);
  return [
    ...lines,
    ...rest,
    counts,
    ...costLines(plan.cost),
    ...found,
    ...notes.map((note) => paint('dim', `  ${note}`)),
    '',
  ].join('\n');
}

/** "$412 a month ($38 more), plus usage": the difference counts, not only the sum. */
export function costSummary({ monthly, before }: PlannedCost): string {
  const sum = `${dollars(monthly)} a month`;
  const difference = before === undefined ? 0 : monthly - before;
  if (Math.abs(difference) < 0.005) return `${sum}, plus usage`;
  const words = difference > 0 ? 'more' : 'less';
  return `${sum} (${dollars(Math.abs(difference))} ${words} than now), plus usage`;
}

function costLines(cost: PlannedCost | undefined): string[] {
  if (cost === undefined) return [];
  const first = cost.fixed.slice(0, mostCharges);
  const others = cost.fixed.slice(mostCharges);
  const sum = others.reduce((total, { monthly = 0 }) => total + monthly, 0);
  return [
    `  ${costSummary(cost)}`,
    ...first.map(({ what, monthly }) => `      ${amount(monthly)}  ${what}`),
    ...(others.length > 0 ? [`      ${amount(sum)}  ${others.length} others`] : []),
    ...cost.caveats.map((caveat) => `  ${caveat}`),
  ];
}

function amount(monthly: number | undefined): string {
  return (monthly === undefined ? '?' : dollars(monthly)).padStart(9);
}

/** How many of the charges have a line of their own. */
const mostCharges = 6;

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
