import { BuilderError } from '../../../errors.js';
import type { Change, PlatformPlan } from '../../change.js';

/**
 * Refuses a plan that would replace or delete what holds data, unless each such resource is allowed by name.
 * @param allowed as `--allow-replace` gives them: "database/Instance"
 * @throws BuilderError `usage`
 */
export function refuseLosses({ changes }: Pick<PlatformPlan, 'changes'>, allowed: readonly string[]): void {
  const lost = changes.filter(losesData).filter(({ part }) => !allowed.includes(part));
  if (lost.length === 0) return;
  const lines = lost.map(({ part, action, loses, reasons }) => {
    const why = reasons.length === 0 ? '' : ` (${reasons.join(', ')})`;
    return `  ${part} would be ${action === 'remove' ? 'deleted' : 'replaced'}: ${loses} is lost${why}`;
  });
  throw new BuilderError(`This would lose data:\n${lines.join('\n')}`, {
    code: 'usage',
    hint: `If that is meant, after a backup: ${lost.map(({ part }) => `--allow-replace ${part}`).join(' ')}`,
  });
}

/** The rule whose weights ECS moves with each blue/green deployment (service-blue-green.yaml). */
const liveRule = 'service-blue-green/ProductionRule';

/**
 * Refuses a plan that would touch the rule by which visitors reach a blue/green service: an update of anything of it writes the
 * template's weights, which may lead to the target group that is empty now (aws-cdk #36649, containers-roadmap #2853).
 * @throws BuilderError `usage`
 */
export function refuseLiveWeights(
  { changes }: Pick<PlatformPlan, 'changes'>,
  allowed: readonly string[],
): void {
  const touched = changes.find(
    ({ part, action }) => part === liveRule && (action === 'update' || action === 'replace'),
  );
  if (touched === undefined || allowed.includes(liveRule)) return;
  const why = touched.reasons.length === 0 ? '' : ` (${touched.reasons.join(', ')})`;
  throw new BuilderError(
    `This would change the rule that leads visitors to the service${why}, and with it set back the weights that ECS gave it: visitors may be led to tasks that are not there`,
    {
      code: 'usage',
      hint: `See in the load balancer which target group has the weight 100. If it is the blue one, go on with --allow-replace ${liveRule}; else deploy any release first, which leads back to it.`,
    },
  );
}

/** Whether a change loses what can't be made again. */
export function losesData({ action, loses }: Change): boolean {
  return loses !== undefined && (action === 'replace' || action === 'remove');
}
