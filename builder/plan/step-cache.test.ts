import { readdirSync, statSync, utimesSync } from 'node:fs';
import t from 'tap';
import { openStore } from '../store/content-store.js';
import { digestOf } from '../store/digest.js';
import { RootState } from './root-state.js';
import { findStep, saveStep } from './step-cache.js';

const key = digestOf('a step');
const nothing = { digest: digestOf('nothing'), bytes: 0, count: 0 };

t.test('only the result that was taken counts as used', async (t) => {
  using store = openStore(t.testdir());
  const folder = `${store.folder}/records/step/${key.slice('sha256:'.length)}`;
  const long = Date.now() / 1000 - 30 * 86_400;
  const used = () =>
    readdirSync(folder).filter((name) => statSync(`${folder}/${name}`).mtimeMs / 1000 > long + 86_400);
  const keep = (parent: string, everything: boolean) => {
    const fragment = { ...nothing, entries: [], contents: [] };
    const reads = { looks: [], trees: [], written: undefined, everything };
    saveStep(key, digestOf(parent), { result: { changed: false }, fragment, reads }, store);
    utimesSync(`${folder}/${digestOf(parent).slice('sha256:'.length)}.json`, long, long);
  };
  const base = { ...nothing, digest: digestOf('a base'), entries: () => [] };
  const find = () => findStep(key, new RootState(base, { store, epoch: 0 }), store);

  keep('one root', true);
  keep('another root', true);
  t.equal(find(), undefined);
  t.same(used(), [], 'none was taken');

  keep('a root that looks the same', false);
  t.match(find(), { result: { changed: false } });
  t.same(used(), [`${base.digest.slice('sha256:'.length)}.json`], 'it stands under this root now');

  keep('a base', false);
  t.match(find(), { result: { changed: false } });
  t.same(used(), [`${base.digest.slice('sha256:'.length)}.json`], 'and is used there');
});
