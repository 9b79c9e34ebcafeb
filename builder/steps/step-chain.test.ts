import t, { type Test } from 'tap';
import { digestOf } from '../store/digest.js';
import type { Store } from '../store/store.js';
import { Explainer } from './explainer.js';
import { StepBench, commandStep, makeStep, writingStep } from './fixtures/step-bench.js';
import { planOf } from './fixtures/layer-plan-of.js';
import { type StepChoices, buildChain, planChain } from './step-chain.js';

const steps = [
  writingStep('/etc/one', '1', { role: 'web' }),
  makeStep('look', { kind: 'control' }),
  commandStep(['copy'], { role: 'web' }),
];

/** One build or plan of these steps. */
function open(t: Test, { store, ...asked }: Partial<StepChoices> & { store?: Store } = {}) {
  const copy = { copy: (root: { write(path: string, text: string): void }) => root.write('/srv/two', '2') };
  const bench = new StepBench(t, copy, store);
  const layers = planOf(bench.store);
  const image = { project: '/one', image: 'small', base: digestOf('base') };
  const explainer = new Explainer({ ...image, store: bench.store, keyOf: bench.keyOf });
  const told: string[] = [];
  const parts = {
    store: bench.store,
    state: bench.state,
    keyOf: bench.keyOf,
    session: bench.session,
    explainer,
    layers,
    epoch: bench.epoch,
    signal: new AbortController().signal,
    onStart: ({ name }: { name: string }) => told.push(`start ${name}`),
    onDone: ({ step, done }: Parameters<Parameters<typeof planChain>[0]['onDone']>[0]) =>
      told.push(`${done.cached ? 'cached' : 'done'} ${step.name}${done.reason ? `: ${done.reason}` : ''}`),
  };
  const choices = { noCache: false, explain: false, ...asked };
  return {
    bench,
    layers,
    explainer,
    told,
    build: buildChain(parts, choices),
    plan: planChain(parts, choices),
  };
}

const [one = '', , two = ''] = steps.map(({ name }) => name);

t.test('a first build runs all, a second takes all from the store; control steps are not told', async (t) => {
  const first = open(t);
  for (const step of steps) t.match(await first.build.run(step), { known: true });
  first.explainer.save();
  t.strictSame(first.told, [`start ${one}`, `done ${one}`, `start ${two}`, `done ${two}`]);
  const made = await first.layers.finish();

  const second = open(t, { store: first.bench.store });
  for (const step of steps) await second.build.run(step);
  t.strictSame(second.told, [`cached ${one}`, `cached ${two}`]);
  t.strictSame(
    (await second.layers.finish()).map(({ blob }) => blob.digest),
    made.map(({ blob }) => blob.digest),
  );
  t.strictSame(second.bench.files, first.bench.files);

  const again = open(t, { store: first.bench.store, noCache: true, explain: true });
  for (const step of steps) await again.build.run(step);
  t.strictSame(again.told, [
    `start ${one}`,
    `done ${one}: --no-cache`,
    `start ${two}`,
    `done ${two}: --no-cache`,
  ]);
});

t.test('a plan runs nothing and says the same', async (t) => {
  const plan = open(t, { explain: true });
  t.match(await plan.plan.run(steps[0]!), { known: false });
  t.strictSame(plan.told, [`done ${one}: new step`]);
  t.strictSame(plan.bench.files, { '/etc/base': 'base' });

  const built = open(t);
  for (const step of steps) await built.build.run(step);
  const later = open(t, { store: built.bench.store, explain: true });
  for (const step of steps) t.match(await later.plan.run(step), { known: true });
  t.strictSame(later.told, [`cached ${one}`, `cached ${two}`]);
  t.equal((await later.layers.finish()).length, 1);
});
