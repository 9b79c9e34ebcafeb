import type { BuildContext } from '../context.js';
import { silentReporter } from '../reporter.js';
import { compareRuns } from './compare-runs.js';
import type { PlayToRun } from './play-playbook.js';
import type { TimedStep } from './reporting-runner.js';
import { type RunChoices, runSteps } from './run-steps.js';

/**
 * Runs the steps of an image as `runSteps` does, then again on the same base, and compares their changes
 * (`--check-reproducible`). Takes nothing from the store. @throws BuilderError `failed` if a step's changes differ
 */
export async function runStepsTwice(
  play: PlayToRun,
  choices: RunChoices,
): Promise<Awaited<ReturnType<typeof runSteps>>> {
  const { reporter } = play.context;
  const runs: [TimedStep[], TimedStep[]] = [[], []];
  const run = (index: 0 | 1, context: BuildContext) =>
    runSteps({ ...play, context }, { ...choices, noCache: true, onStep: (timed) => runs[index].push(timed) });
  const result = await run(0, play.context);
  reporter.report({ kind: 'step-started', name: 'every step once more' });
  const started = performance.now();
  await run(1, { ...play.context, reporter: silentReporter });
  compareRuns(...runs);
  const ms = performance.now() - started;
  const name = 'every step once more: each left the same';
  reporter.report({ kind: 'step-done', name, cached: false, ms, changed: false });
  return result;
}
