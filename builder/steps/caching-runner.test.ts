import t from 'tap';
import type { Step } from '../plan/step.js';
import type { FakeRoot } from '../testing/fake-engine.js';
import { CachingRunner } from './caching-runner.js';
import { ExecutingRunner } from './executing-runner.js';
import { StepBench, commandStep, makeStep, writingStep } from './fixtures/step-bench.js';
import { KeepingRunner } from './keeping-runner.js';

/** Caches results on the bench; `ran` are the names of the steps that ran. */
function runnerOn(bench: StepBench) {
  const ran: string[] = [];
  const executing = new ExecutingRunner(bench);
  const noting = {
    run: (step: Step) => {
      ran.push(step.name);
      return executing.run(step);
    },
  };
  return { ran, runner: new CachingRunner(new KeepingRunner(noting, bench), bench) };
}

const first = writingStep('/etc/one', '1');

t.test('what one build ran, the next takes from the store, with the same root', async (t) => {
  const before = new StepBench(t);
  const cold = runnerOn(before);
  t.match(await cold.runner.run(first), { cached: false });
  const after = new StepBench(t, {}, before.store);
  const warm = runnerOn(after);
  t.match(await warm.runner.run(first), { cached: true, succeeded: true, result: { changed: true } });
  t.strictSame([cold.ran, warm.ran], [[first.name], []]);
  t.strictSame(after.files, before.files);
  t.equal(after.state.digest, before.state.digest);
});

t.test('another root is no reason to run what read nothing of it that is different', async (t) => {
  const before = new StepBench(t);
  await runnerOn(before).runner.run(first);
  const after = new StepBench(t, {}, before.store);
  const { runner, ran } = runnerOn(after);
  await runner.run(writingStep('/srv/other', 'x'));
  t.match(await runner.run(first), { cached: true });
  t.equal(ran.length, 1);
  t.strictSame(after.files, { '/etc/base': 'base', '/etc/one': '1', '/srv/other': 'x' });
});

t.test('what it read is another: it runs', async (t) => {
  const reading = makeStep('reads', {
    run: ({ root }) => Promise.resolve({ changed: false, text: root.read('/etc/base').toString() }),
  });
  const before = new StepBench(t);
  t.match((await runnerOn(before).runner.run(reading)).result, { text: 'base' });
  const after = new StepBench(t, {}, before.store);
  const { runner } = runnerOn(after);
  await runner.run(writingStep('/etc/base', 'another'));
  t.match(await runner.run(reading), { cached: false, result: { text: 'another' } });
});

t.test('other arguments are another step', async (t) => {
  const before = new StepBench(t);
  await runnerOn(before).runner.run(first);
  const { runner, ran } = runnerOn(new StepBench(t, {}, before.store));
  await runner.run({ ...first, inputs: { ...first.inputs, args: { name: 'another' } } });
  t.strictSame(ran, [first.name]);
});

t.test('a step whose change is an emptied file, as of one that installs systemd, is taken too', async (t) => {
  const commands = { install: (root: FakeRoot) => root.write('/etc/machine-id', 'random\n') };
  const step = commandStep(['install']);
  const before = new StepBench(t, commands);
  await runnerOn(before).runner.run(step);
  t.equal(before.files['/etc/machine-id'], '');
  const after = new StepBench(t, commands, before.store);
  t.match(await runnerOn(after).runner.run(step), { cached: true });
  t.strictSame(after.files, before.files);
});
