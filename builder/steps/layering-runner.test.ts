import t, { type Test } from 'tap';
import type { Step } from '../plan/step.js';
import type { DoneStep } from './done-step.js';
import { StepBench, makeStep } from './fixtures/step-bench.js';
import { planOf } from './fixtures/layer-plan-of.js';
import { LayeringRunner } from './layering-runner.js';

function open(t: Test, outcomes: (bench: StepBench) => DoneStep[]) {
  const bench = new StepBench(t);
  const layers = planOf(bench.store);
  const left = outcomes(bench);
  const inner = { run: (_step: Step) => Promise.resolve(left.shift() as DoneStep) };
  return { layers, runner: new LayeringRunner(inner, layers) };
}

t.test('what steps changed is in a layer of their role, run or cached', async (t) => {
  const { layers, runner } = open(t, (bench) => [
    bench.done({ '/etc/one': '1' }),
    bench.done({ '/etc/two': '2' }, { cached: true }),
    bench.done({ '/etc/three': '3' }),
  ]);
  for (const role of ['web', 'web', 'php']) await runner.run(makeStep('step', { role }));
  t.match(await layers.finish(), [{ name: 'web' }, { name: 'php' }]);
});

t.test('above what is not known there are none', async (t) => {
  const { layers, runner } = open(t, (bench) => [
    bench.done({ '/etc/one': '1' }),
    bench.done({ '/etc/two': '2' }, { known: false }),
    bench.done({ '/etc/three': '3' }),
  ]);
  for (const role of ['web', 'php', 'db']) await runner.run(makeStep('step', { role }));
  t.match(await layers.finish(), [{ name: 'web' }]);
  t.equal((await layers.finish()).length, 1);
});
