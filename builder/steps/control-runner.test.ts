import t, { type Test } from 'tap';
import type { Step } from '../plan/step.js';
import { ControlRunner } from './control-runner.js';
import { StepBench, makeStep } from './fixtures/step-bench.js';

function open(t: Test, signal = new AbortController().signal) {
  const bench = new StepBench(t);
  const passed: string[] = [];
  const inner = {
    run: ({ name }: Step) => {
      passed.push(name);
      return Promise.resolve(bench.done({}));
    },
  };
  return { bench, passed, runner: new ControlRunner(inner, { ...bench, state: bench.state, signal }) };
}

t.test('a control step sees the root, and nobody else hears of it', async (t) => {
  const { passed, runner } = open(t);
  const asking = makeStep('ask', {
    kind: 'control',
    run: ({ root }) => Promise.resolve({ changed: false, text: root.read('/etc/base').toString() }),
  });
  t.strictSame(await runner.run(asking), { result: { changed: false, text: 'base' }, known: true });
  t.strictSame(passed, []);
});

t.test('it runs no commands', async (t) => {
  const { runner } = open(t);
  const asking = makeStep('ask', {
    kind: 'control',
    run: ({ exec }) => exec({ argv: ['true'], reads: [] }).then(() => ({ changed: false })),
  });
  await t.rejects(runner.run(asking), { message: `"ask" can't run commands` });
});

t.test('all others are passed on, until the build is aborted', async (t) => {
  const controller = new AbortController();
  const { passed, runner } = open(t, controller.signal);
  await runner.run(makeStep('one'));
  await runner.run(makeStep('two', { kind: 'exec' }));
  t.strictSame(passed, ['one', 'two']);
  controller.abort();
  await t.rejects(runner.run(makeStep('three')), { name: 'AbortError' });
  t.strictSame(passed, ['one', 'two']);
});
