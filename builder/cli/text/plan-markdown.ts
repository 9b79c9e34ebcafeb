import type { Change, PlatformPlan } from '../../platform/change.js';
import { costSummary, countChanges } from './platform-plan-text.js';

/** A plan as a comment for a pull request: what is lost first, then all changes, folded where they are many. */
export function formatPlanMarkdown({
  environment,
  changes,
  notes,
  cost,
  warnings = [],
  findings = [],
}: PlatformPlan): string {
  const toDo = changes.filter(({ action }) => action !== 'none');
  const title = `### Plan for ${environment}`;
  const said = toDo.length === 0 ? 'Nothing to do: it is up to date.' : `${countChanges(toDo)}.`;
  const lost = toDo.filter(({ action, loses }) => loses !== undefined && /^(replace|remove)$/.test(action));
  const losses = lost.map(
    ({ part, action, loses }) =>
      `> [!CAUTION]\n> \`${part}\` would be ${action === 'remove' ? 'deleted' : 'replaced'}: ${loses} is lost. Refused without \`--allow-replace ${part}\`.`,
  );
  const table =
    toDo.length === 0
      ? []
      : ['| | resource | type | what changes |\n| --- | --- | --- | --- |\n' + toDo.map(rowOf).join('\n')];
  const folded =
    toDo.length > 20
      ? table.map((text) => `<details><summary>All changes</summary>\n\n${text}\n\n</details>`)
      : table;
  return `${[
    title,
    said,
    ...losses,
    ...warnings.map((warning) => `> [!WARNING]\n> ${warning}.`),
    ...folded,
    ...(cost === undefined ? [] : [`**${costSummary(cost)}.**`, ...cost.caveats]),
    ...(findings.length === 0 ? [] : [`Rules that fail:\n\n${list(findings)}`]),
    ...(notes.length === 0 ? [] : [list(notes)]),
  ].join('\n\n')}\n`;
}

function rowOf({ action, part, type, reasons }: Change): string {
  return `| ${action} | \`${part}\` | ${type} | ${reasons.map(cell).join('<br>')} |`;
}

function list(lines: readonly string[]): string {
  return lines.map((line) => `- ${line}`).join('\n');
}

/** Nothing of a value ends the cell or becomes markup. */
function cell(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('|', '\\|').replace(/\s+/g, ' ');
}
