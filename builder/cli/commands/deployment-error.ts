import { BuilderError } from '../../errors.js';
import type { DeploymentOutcome } from '../../platform/driver.js';

/** What a release that never got healthy left behind: its reason, exit code and last words. */
export function deploymentError({ outcome, revision, wanted, ...failure }: DeploymentOutcome): BuilderError {
  const code = failure.exitCode === undefined ? '' : ` (exit code ${failure.exitCode})`;
  const state = outcome === 'rolled-back' ? `was rolled back: revision ${revision} runs` : 'was stopped';
  const log = (failure.log ?? []).map((line) => `\n  ${line}`).join('');
  return new BuilderError(`Revision ${wanted} ${state}. ${failure.reason ?? ''}${code}${log}`, {
    code: 'failed',
    hint:
      outcome === 'rolled-back'
        ? 'Visitors noticed nothing. "platen exec --new wordpress -- COMMAND" runs a command in the new release.'
        : '"platen logs" and "platen exec --new wordpress -- COMMAND" look into it.',
  });
}
