import t from 'tap';
import { ExplainingRunner } from './explaining-runner.js';
import { StepBench, makeStep } from './fixtures/step-bench.js';

t.test('a step gets the reason that there was before it ran', async (t) => {
  const bench = new StepBench(t);
  const order: string[] = [];
  const inner = {
    run: () => {
      order.push('run');
      return Promise.resolve(bench.done({ '/etc/one': '1' }));
    },
  };
  const runner = new ExplainingRunner(inner, ({ name }) => {
    order.push('reason');
    return `${name} is new`;
  });
  const done = await runner.run(makeStep('one'));
  t.equal(done.reason, 'one is new');
  t.equal(done.fragment.count, 1, 'the rest is as it was');
  t.strictSame(order, ['reason', 'run']);
});
