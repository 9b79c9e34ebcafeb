import t from 'tap';
import { AnnouncingRunner } from './announcing-runner.js';
import { StepBench, makeStep } from './fixtures/step-bench.js';

t.test('a step is told before it runs', async (t) => {
  const bench = new StepBench(t);
  const order: string[] = [];
  const inner = {
    run: () => {
      order.push('run');
      return Promise.resolve(bench.done({}));
    },
  };
  await new AnnouncingRunner(inner, ({ name }) => order.push(name)).run(makeStep('one'));
  t.strictSame(order, ['one', 'run']);
});
