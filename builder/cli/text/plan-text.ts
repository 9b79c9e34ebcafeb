import type { BuildResult } from '../../run/build-options.js';
import type { StepReport } from '../../steps/step-report.js';
import { oneLine } from './format.js';

/** Formats a plan: every step, whether it would run, and the reason if known. */
export function formatPlan({ steps }: BuildResult): string {
  const lines = steps.flatMap((step) => [
    `${fate(step).padEnd(8)} ${step.kind.padEnd(8)} ${oneLine(step.name)}`,
    ...(step.reason === undefined ? [] : [`${' '.repeat(18)}because ${step.reason}`]),
  ]);
  const fates = steps.filter(({ kind }) => kind !== 'control').map(fate);
  const count = (word: string): number => fates.filter((fate) => fate === word).length;
  const unknown = count('depends');
  const rest = unknown > 0 ? `, ${unknown} that depend on them` : '';
  return [...lines, `${count('cached')} cached, ${count('to run')} to run${rest}`, ''].join('\n');
}

/** Tells whether a build would run any step. */
export function hasChanges({ steps }: BuildResult): boolean {
  return steps.some(({ kind, cached }) => kind !== 'control' && cached !== true);
}

function fate({ cached, kind }: StepReport): string {
  if (kind === 'control') return '-';
  if (cached === null) return 'depends';
  return cached ? 'cached' : 'to run';
}
