import t from 'tap';
import { findStep } from '../plan/step-cache.js';
import { RootState } from '../plan/root-state.js';
import { fragmentOf } from '../plan/fragment.js';
import type { DoneStep } from './done-step.js';
import { StepBench, baseEntries, makeStep } from './fixtures/step-bench.js';
import { KeepingRunner } from './keeping-runner.js';

/** Passes the outcome of a step to a KeepingRunner, and returns what a later build would find. */
async function keptOf(bench: StepBench, done: DoneStep, step = makeStep('step')) {
  const keeping = new KeepingRunner({ run: () => Promise.resolve(done) }, bench);
  const given = await keeping.run(step);
  const later = new RootState(fragmentOf(baseEntries(bench.store)), bench);
  return { given, found: findStep(bench.keyOf(step), later, bench.store) };
}

t.test('what succeeded is found by a later build: its result, and what it changed', async (t) => {
  const bench = new StepBench(t);
  const done = bench.done({ '/etc/one': '1' }, { result: { changed: true, rc: 0 } });
  const { given, found } = await keptOf(bench, done);
  t.equal(given, done);
  t.strictSame(found?.result, { changed: true, rc: 0 });
  t.strictSame(found?.fragment.entries(), done.fragment.entries());
});

t.test('what failed is not', async (t) => {
  const bench = new StepBench(t);
  t.equal((await keptOf(bench, bench.done({}, { succeeded: false }))).found, undefined);
});

t.test('nor what did not run', async (t) => {
  const bench = new StepBench(t);
  t.equal((await keptOf(bench, bench.done({}, { reads: undefined }))).found, undefined);
});

t.test(
  'of a secret result only what tells nothing is kept, and nothing where a task may look at the rest',
  async (t) => {
    const bench = new StepBench(t);
    const done = bench.done({}, { result: { changed: true, stdout: 'password' } });
    const secret = await keptOf(bench, done, makeStep('secret', { secret: true }));
    t.strictSame(secret.found?.result, { changed: true });
    t.strictSame(secret.given.result, { changed: true, stdout: 'password' }, 'this build has it');
    const registered = makeStep('registered', { secret: true, registered: true });
    t.equal((await keptOf(bench, done, registered)).found, undefined);
  },
);
