import t from 'tap';
import { Explainer } from './explainer.js';
import { StepBench, makeStep } from './fixtures/step-bench.js';
import { NotingRunner } from './noting-runner.js';

t.test('what ran and what came from the store is noted; what threw is not', async (t) => {
  const bench = new StepBench(t);
  const how = {
    store: bench.store,
    project: '/one',
    image: 'small',
    base: bench.state.digest,
    keyOf: bench.keyOf,
  };
  const explainer = new Explainer(how);
  const outcomes = [bench.done({}), bench.done({}, { cached: true })];
  const inner = {
    run: () => {
      const next = outcomes.shift();
      return next === undefined ? Promise.reject(new Error('broken')) : Promise.resolve(next);
    },
  };
  const runner = new NotingRunner(inner, explainer);
  await runner.run(makeStep('ran'));
  await runner.run(makeStep('cached'));
  await t.rejects(runner.run(makeStep('broke')), /broken/);
  explainer.save();
  const later = new Explainer(how);
  const reasons = ['ran', 'cached', 'broke'].map((name) => later.reason(makeStep(name), bench.state));
  t.strictSame(reasons, ['its result is not in the cache', 'its result is not in the cache', 'new step']);
});
