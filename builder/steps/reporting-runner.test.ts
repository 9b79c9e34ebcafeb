import { setTimeout as sleep } from 'node:timers/promises';
import t from 'tap';
import { StepBench, makeStep } from './fixtures/step-bench.js';
import { ReportingRunner, type TimedStep } from './reporting-runner.js';
import { stepReport } from './step-report.js';

t.test('each step is told with what became of it and what it took', async (t) => {
  const bench = new StepBench(t);
  const told: TimedStep[] = [];
  const done = bench.done({ '/etc/one': '1' }, { reason: 'new step' });
  const slow = { run: () => sleep(20).then(() => done) };
  const step = makeStep('one');
  t.equal(await new ReportingRunner(slow, (timed) => told.push(timed)).run(step), done);
  t.strictSame([told[0]?.step, told[0]?.done], [step, done]);
  t.ok((told[0]?.ms ?? 0) >= 19, `${told[0]?.ms} ms`);
});

t.test('one that throws is not: the error says what became of it', async (t) => {
  const told: TimedStep[] = [];
  const broken = { run: () => Promise.reject(new Error('broken')) };
  const runner = new ReportingRunner(broken, (timed) => told.push(timed));
  await t.rejects(runner.run(makeStep('one')), /broken/);
  t.strictSame(told, []);
});

t.test('for the result it is put short', async (t) => {
  const bench = new StepBench(t);
  const step = makeStep('one', { kind: 'exec' });
  const report = (more: Parameters<StepBench['done']>[1]) =>
    stepReport({ step, done: bench.done({}, more), ms: 12.4 });
  t.strictSame(report({ cached: true }), { name: 'one', kind: 'exec', cached: true, ms: 12 });
  t.strictSame(report({ known: false, reason: 'new step' }), {
    name: 'one',
    kind: 'exec',
    cached: false,
    ms: 0,
    reason: 'new step',
  });
});
