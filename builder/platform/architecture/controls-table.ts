import type { EnvironmentSpec } from '../../spec/load-environment.js';
import type { PlatformStack } from '../graph/platform.js';
import { markdownTable } from '../markdown-table.js';
import { checkPolicy, policyRules, subjectsOf } from '../policy/check-policy.js';
import { controlsWithoutRule } from '../policy/controls.js';

/** An environment and its stacks. */
export interface Resolved {
  readonly name: string;
  readonly stacks: readonly PlatformStack[];
  readonly environment: EnvironmentSpec;
}

/** A rule and a resource that it looks at, over all environments. */
interface Verdict {
  readonly rule: string;
  /** "database.Instance". */
  readonly place: string;
  readonly passedIn: string[];
  readonly failedIn: string[];
  reason: string | undefined;
}

/**
 * Controls and where each is met, as Markdown: a line a rule, with the resources of these environments that pass it; then
 * what does not pass, with the reason that stands beside it, and controls that no template can show.
 */
export function controlsTable(platforms: readonly Resolved[]): string {
  const verdicts = verdictsOf(platforms);
  const rows = policyRules.map(({ id, title }) => {
    const own = verdicts.filter(({ rule }) => rule === id);
    const met = own.filter(({ passedIn }) => passedIn.length > 0).map(({ place }) => place);
    const failed = own.filter(({ failedIn }) => failedIn.length > 0).length;
    return [id, title, own.length === 0 ? 'no such resource' : inShort(met), failed === 0 ? '' : 'see below'];
  });
  return [
    markdownTable(['control', 'what must hold', 'met by', 'not met'], rows.sort(byId)),
    '**Not met, and why:**',
    reasons(verdicts).join('\n'),
    '**Not for a template to show:**',
    Object.entries(controlsWithoutRule)
      .map(([id, why]) => `- ${id}: ${why}`)
      .join('\n'),
  ].join('\n\n');
}

function verdictsOf(platforms: readonly Resolved[]): Verdict[] {
  const verdicts = new Map<string, Verdict>();
  for (const { name, stacks, environment } of platforms) {
    const findings = checkPolicy(stacks, environment);
    for (const { id: resource, type, stack } of subjectsOf(stacks, environment))
      for (const { id: rule } of policyRules.filter(({ types }) => types.includes(type))) {
        const place = `${stack.name}.${resource}`;
        const verdict = verdicts.get(rule + place) ?? {
          rule,
          place,
          passedIn: [],
          failedIn: [],
          reason: undefined,
        };
        verdicts.set(rule + place, verdict);
        const found = findings.find(
          (one) => one.rule === rule && one.resource === resource && one.stack === stack.name,
        );
        (found === undefined ? verdict.passedIn : verdict.failedIn).push(name);
        verdict.reason ??= found?.waived;
      }
  }
  return [...verdicts.values()];
}

/** "- RDS.5 of database.Instance in dev: reason". */
function reasons(verdicts: readonly Verdict[]): string[] {
  return verdicts
    .filter(({ failedIn }) => failedIn.length > 0)
    .sort((one, other) => byId([one.rule], [other.rule]))
    .map(({ rule, place, passedIn, failedIn, reason = '**nobody said why**' }) => {
      const where = passedIn.length === 0 ? '' : ` in ${failedIn.join(' and ')}`;
      return `- ${rule} of ${place}${where}: ${reason}`;
    });
}

function byId([one = '']: readonly string[], [other = '']: readonly string[]): number {
  return one.localeCompare(other, 'en', { numeric: true });
}

/** Names, or how many there are where a line would not hold them. */
function inShort(names: readonly string[]): string {
  if (names.length <= 3) return names.join(', ');
  const stacks = [...new Set(names.map((name) => name.split('.')[0]))];
  const where = stacks.length <= 4 ? stacks.join(', ') : `${stacks.length} stacks`;
  return `${names.length} resources of ${where}`;
}
