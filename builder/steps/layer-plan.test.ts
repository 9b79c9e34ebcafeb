import { gunzipSync } from 'node:zlib';
import t from 'tap';
import { fragmentOf } from '../plan/fragment.js';
import { openStore } from '../store/content-store.js';
import type { Store } from '../store/store.js';
import { fileEntry, makeStep } from './fixtures/step-bench.js';
import { planOf } from './fixtures/layer-plan-of.js';

const dear = 'x'.repeat(1_000_001);

const fragment = (files: Readonly<Record<string, string>>, store: Store) =>
  fragmentOf(Object.entries(files).map(([path, text]) => fileEntry(path, text, store)));

/** Names of the layers for these steps: each is a role, and a file's path and text. */
async function layersOf(
  store: Store,
  steps: readonly (readonly [role: string | undefined, path: string, text: string])[],
  groups?: Parameters<typeof planOf>[1],
) {
  const plan = planOf(store, groups);
  for (const [role, path, text] of steps)
    plan.add(makeStep(path, { role }), fragment({ [path]: text }, store));
  return plan.finish();
}

t.test('a role is a layer, and so is what stands between two of them', async (t) => {
  const store = openStore(t.testdir());
  const steps = ['web', 'web', undefined, 'php', 'web'].map(
    (role, index) => [role, `/etc/${index}`, 'x'] as const,
  );
  const layers = await layersOf(store, steps);
  t.strictSame(
    layers.map(({ name }) => name),
    ['web', 'playbook', 'php', 'web (2)'],
  );
});

t.test('roles that the spec groups are one layer', async (t) => {
  const store = openStore(t.testdir());
  const steps = ['web', 'php', 'db'].map((role) => [role, `/etc/${role}`, 'x'] as const);
  const layers = await layersOf(store, steps, [{ name: 'server', roles: ['web', 'php'] }]);
  t.strictSame(
    layers.map(({ name }) => name),
    ['server', 'db'],
  );
});

t.test('what is dear to send stands alone, so that what is cheap to change does not move it', async (t) => {
  const store = openStore(t.testdir());
  const steps = [
    ['web', '/etc/a', 'x'],
    ['web', '/srv/large', dear],
    ['web', '/etc/b', 'x'],
  ] as const;
  t.strictSame(
    (await layersOf(store, steps)).map(({ name, size }) => [name, size > 1e6]),
    [
      ['web', false],
      ['web (2)', true],
      ['web (3)', false],
    ],
  );
});

t.test('a step that changed nothing makes no layer', async (t) => {
  const store = openStore(t.testdir());
  const plan = planOf(store);
  plan.add(makeStep('nothing', { role: 'web' }), fragment({}, store));
  t.strictSame(await plan.finish(), []);
});

t.test('a layer that was made before is found, and is the same', async (t) => {
  const store = openStore(t.testdir());
  const steps = [['web', '/etc/a', 'x']] as const;
  const [made] = await layersOf(store, steps);
  const [found] = await layersOf(store, steps);
  t.match([made?.cached, found?.cached], [false, true]);
  t.equal(found?.blob.digest, made?.blob.digest);
});

t.test('of what several steps changed the last counts, in one member', async (t) => {
  const store = openStore(t.testdir());
  const steps = [
    ['web', '/etc/a', 'first'],
    ['web', '/etc/a', 'last'],
  ] as const;
  const [layer] = await layersOf(store, steps);
  if (layer === undefined) throw new Error('no layer');
  const zipped = store.read({ blob: layer.blob.digest, offset: 0, size: store.size(layer.blob.digest) });
  const tar = gunzipSync(zipped).toString('latin1');
  t.notMatch(tar, 'first');
  t.match(tar, 'last');
});

t.test('what was compressed while a command ran gives the same layer', async (t) => {
  const text = 'some text\n'.repeat(10_000);
  const folder = t.testdir({ cold: {}, warm: {} });
  const cold = openStore(`${folder}/cold`);
  const [plain] = await layersOf(cold, [['web', '/etc/a', text]]);
  const warm = openStore(`${folder}/warm`);
  const plan = planOf(warm);
  const entries = fragment({ '/etc/a': text }, warm).entries();
  for (let look = 0; look < 5; look += 1) {
    plan.prepare(entries);
    await new Promise((resolve) => setImmediate(resolve));
  }
  plan.add(makeStep('step', { role: 'web' }), fragmentOf(entries));
  const [ahead] = await plan.finish();
  t.equal(ahead?.blob.digest, plain?.blob.digest);
});

t.test('what can not be written is told by finish', async (t) => {
  const store = openStore(t.testdir());
  const plan = planOf(store);
  const entry = fileEntry('/etc/a', 'text', store);
  const content = {
    digest: entry.content!.digest,
    slice: { ...entry.content!.slice, blob: 'sha256:0' as const },
  };
  plan.add(makeStep('step', { role: 'web' }), fragmentOf([{ ...entry, content }]));
  await t.rejects(plan.finish(), { code: 'not-found' });
});
