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

/** Whether a change loses what can't be made again. */
export function losesData({ action, loses }: Change): boolean {
  return loses !== undefined && (action === 'replace' || action === 'remove');
}
