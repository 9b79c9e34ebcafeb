import t from 'tap';
import { breakerThreshold, circuitBreakerSchema } from './circuit-breaker.js';

const threshold = (breaker: object, desired: number) =>
  breakerThreshold(circuitBreakerSchema.parse({ Enable: true, Rollback: true, ...breaker }), desired);
const of = (Type: string, Value: number) => ({ ThresholdConfiguration: { Type, Value } });

t.test('how many failures are one too many, as ECS reckons it', async (t) => {
  t.equal(threshold(of('COUNT', 2), 50), 2, 'a count is what it says');
  t.strictSame(
    [2, 10, 11, 1000].map((desired) => threshold({}, desired)),
    [3, 5, 6, 200],
    'by default half of the tasks, between 3 and 200',
  );
  t.equal(threshold(of('BOUNDED_PERCENT', 10), 100), 10);
  t.strictSame(
    [1, 20, 1000].map((desired) => threshold(of('UNBOUNDED_PERCENT', 25), desired)),
    [1, 5, 250],
  );
});

t.test('without a circuit breaker a deployment is never given up', async (t) => {
  t.equal(breakerThreshold(undefined, 2), Infinity);
  t.equal(threshold({ Enable: false, ...of('COUNT', 1) }, 2), Infinity);
});

t.test('a threshold that ECS does not know is refused', async (t) => {
  t.throws(() => threshold(of('SOME', 1), 1), /COUNT/);
});
