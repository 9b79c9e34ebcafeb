import t from 'tap';
import type { EngineLayer } from '../engine/engine.js';
import { fragmentOf } from '../plan/fragment.js';
import { openStore } from '../store/content-store.js';
import { FakeEngine } from '../testing/fake-engine.js';
import { plainBase } from './engine-layers.js';
import { unpackEarly } from './unpack-early.js';

const fragment = fragmentOf([{ path: '/etc', type: 'directory', mode: 0o755, uid: 0, gid: 0, mtime: 0 }]);

t.test('what is made ready is what the first command opens', async (t) => {
  const store = openStore(t.testdir());
  const prepared: string[] = [];
  const engine = Object.assign(new FakeEngine(), {
    prepare: (layers: readonly EngineLayer[]) => {
      prepared.push(...layers.map(({ diffId }) => diffId));
      return Promise.resolve();
    },
  });
  await unpackEarly(fragment, store, () => Promise.resolve(engine));
  t.strictSame(prepared, [plainBase(fragment, store).diffId]);
});

t.test('what fails early is left to the command that needs it', async (t) => {
  const store = openStore(t.testdir());
  let tried = 0;
  const engine = Object.assign(new FakeEngine(), {
    prepare: () => {
      tried += 1;
      return Promise.reject(new Error('the disk is full'));
    },
  });
  await unpackEarly(fragment, store, () => Promise.resolve(engine));
  t.equal(tried, 1);
  await unpackEarly(fragment, store, () => Promise.reject(new Error('no engine answers')));
  await unpackEarly(fragment, store, () => Promise.resolve(new FakeEngine()));
});
