import t from 'tap';
import { StepBench, makeStep, writingStep } from './fixtures/step-bench.js';
import { PlanningRunner } from './planning-runner.js';

t.test('nothing runs, and nothing is known of the root from there on', async (t) => {
  const bench = new StepBench(t);
  const runner = new PlanningRunner(bench);
  const before = bench.state.digest;
  const step = writingStep('/etc/one', '1', { run: () => t.fail('it ran') as never });
  t.match(await runner.run(step), { known: false, cached: false, result: { changed: true } });
  t.strictSame(bench.files, { '/etc/base': 'base' });
  t.not(bench.state.digest, before);
});

t.test('the root that a step would leave hangs on the step', async (t) => {
  const digestAfter = async (name: string) => {
    const bench = new StepBench(t);
    await new PlanningRunner(bench).run(makeStep(name));
    return bench.state.digest;
  };
  t.equal(await digestAfter('one'), await digestAfter('one'));
  t.not(await digestAfter('one'), await digestAfter('two'));
});
