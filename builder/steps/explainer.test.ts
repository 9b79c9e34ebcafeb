import t, { type Test } from 'tap';
import type { Step, StepInputs } from '../plan/step.js';
import { digestOf } from '../store/digest.js';
import { Explainer } from './explainer.js';
import { ExecutingRunner } from './executing-runner.js';
import { StepBench, makeStep, writingStep } from './fixtures/step-bench.js';
import { KeepingRunner } from './keeping-runner.js';

const before = makeStep('step', {
  inputs: {
    module: 'copy@1',
    args: { dest: '/etc/one' },
    files: { 'files/one': digestOf('1') },
    variables: { greeting: digestOf('hi'), 'templates/a.hbs': digestOf('a') },
  },
});

/** A store after a build of `steps`, and an explainer of the next build. */
function after(
  t: Test,
  steps: readonly Step[],
  { image = 'small', project = '/one', base = digestOf('base') } = {},
) {
  const bench = new StepBench(t);
  const open = (more: { image?: string; project?: string; base?: ReturnType<typeof digestOf> } = {}) =>
    new Explainer({ store: bench.store, keyOf: bench.keyOf, image, project, base, ...more });
  const last = open();
  for (const step of steps) last.note(step);
  last.save();
  return { bench, open };
}

t.test('which of its inputs changed', async (t) => {
  const { bench, open } = after(t, [before]);
  const reason = (inputs: Partial<StepInputs>) =>
    open().reason({ ...before, inputs: { ...before.inputs, ...inputs } }, bench.state);
  t.equal(reason({ files: { 'files/one': digestOf('2') } }), 'files/one changed');
  t.equal(reason({ files: {} }), 'files/one changed');
  const { variables } = before.inputs;
  t.equal(reason({ variables: { ...variables, greeting: digestOf('ho') } }), 'variable greeting changed');
  const both = { greeting: digestOf('ho'), 'templates/a.hbs': digestOf('b') };
  t.equal(reason({ variables: both }), 'templates/a.hbs changed', 'a template may read others');
  t.equal(reason({ module: 'copy@2' }), 'module copy@2 is new');
  t.equal(reason({ args: { dest: '/etc/two' } }), 'its arguments changed');
});

t.test('a step that the last build had not', async (t) => {
  const { bench, open } = after(t, [before]);
  t.equal(open().reason(makeStep('other'), bench.state), 'new step');
  t.equal(open({ image: 'other' }).reason(before, bench.state), 'new step', 'nor that image');
});

t.test('projects that share a cache are not mixed, though each has an image of that name', async (t) => {
  const { bench, open } = after(t, [before]);
  const other = open({ project: '/two' });
  t.equal(other.reason(before, bench.state), 'new step', 'to the other');
  other.note({ ...before, inputs: { ...before.inputs, files: {} } });
  other.save();
  t.equal(open().reason(before, bench.state), 'its result is not in the cache', 'none of its files changed');
});

t.test('another base', async (t) => {
  const { bench, open } = after(t, [before]);
  t.equal(open({ base: digestOf('new') }).reason(before, bench.state), 'the base changed');
});

t.test('what it reads is another, or its result has gone from the cache', async (t) => {
  const reading = makeStep('reads', {
    run: ({ root }) => Promise.resolve({ changed: false, text: root.read('/etc/base').toString() }),
  });
  const { bench, open } = after(t, [reading]);
  t.equal(open().reason(reading, bench.state), 'its result is not in the cache');
  await new KeepingRunner(new ExecutingRunner(bench), bench).run(reading);
  t.equal(open().reason(reading, bench.state), 'a step before it changed the image');
  await new ExecutingRunner(bench).run(writingStep('/etc/base', 'another'));
  t.equal(open().reason(reading, bench.state), '/etc/base changed, which it reads');
});

t.test('a build that was not saved was none', async (t) => {
  const { bench, open } = after(t, []);
  open().note(before);
  t.equal(open().reason(before, bench.state), 'new step');
});
